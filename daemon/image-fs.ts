import { statfs } from 'node:fs/promises';
import { describeError } from '../runtime/errors.ts';
import type { Logger } from '../runtime/log.ts';

export interface ImageFsOptions {
  /** Any folder of the file system that images are stored on; absent: nothing is known of it. */
  readonly imageFsDir?: string;
  /** Percent of it that may be used when a pull starts. Default 85. */
  readonly imageFsHighWater?: number;
}

export interface ImageFsDeps {
  readonly log: Logger;
  /** Size and what is left to those who are not root, in blocks. Default: of the operating system. */
  readonly statfs?: (path: string) => Promise<{ readonly blocks: number; readonly bavail: number }>;
}

/** The file system that images are stored on. */
export interface ImageFs {
  /** Why nothing should be pulled onto it now, for people; undefined when there is room or nothing is known. */
  problem(): Promise<string | undefined>;
}

/** Looks at the file system each time it is asked. One that cannot be seen stops no pull: the node's DiskPressure is left. */
export function createImageFs(
  { imageFsDir, imageFsHighWater = 85 }: ImageFsOptions,
  deps: ImageFsDeps,
): ImageFs {
  if (imageFsDir === undefined) return { problem: () => Promise.resolve(undefined) };
  const read = deps.statfs ?? statfs;
  let saidUnseen = false;
  return {
    async problem() {
      try {
        const { blocks, bavail } = await read(imageFsDir);
        saidUnseen = false;
        // As kubelet counts: what is kept for root is used.
        const used = blocks === 0 ? 0 : 100 - (100 * bavail) / blocks;
        if (used < imageFsHighWater) return undefined;
        return `the image file system is ${Math.floor(used)} % full; pulls start below ${imageFsHighWater} %`;
      } catch (error) {
        if (!saidUnseen) {
          const facts = { imageFsDir, error: describeError(error) };
          deps.log.warn('The image file system was not seen', facts);
        }
        saidUnseen = true;
        return undefined;
      }
    },
  };
}
