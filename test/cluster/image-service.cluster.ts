import { join } from 'node:path';
import {
  type ImageServiceWorld,
  imageServiceSuite,
  type PullableImage,
} from '../conformance/image-service.suite.ts';
import { CleanupStack } from './cleanup-stack.ts';
import { startContainerd } from './containerd.ts';
import { type Registry, startRegistry } from './registry.ts';
import { startThrottle } from './throttle.ts';
import { abandonedWorkFolders, makeWorkFolder, removeWorkFolder } from './work-folder.ts';

describe('containerd', () => imageServiceSuite(startWorld));

const PREFIX = 'headstart-cri';
/** Of the slow image, which has about 3 MB. */
const SLOW_BYTES_PER_SECOND = 3_000_000;

async function startWorld(): Promise<ImageServiceWorld> {
  for (const folder of await abandonedWorkFolders(PREFIX)) await removeWorkFolder(folder);
  const cleanup = new CleanupStack();
  const folder = await makeWorkFolder(PREFIX);
  cleanup.defer(`folder ${folder}`, () => removeWorkFolder(folder));
  const containerd = await startContainerd(join(folder, 'containerd'));
  cleanup.defer('containerd', () => containerd.stop());
  const start = async (name: string, isPrivate: boolean): Promise<Registry> => {
    const registry = await startRegistry({ name, folder, address: '127.0.0.1', isPrivate });
    cleanup.defer(name, () => registry.stop());
    return registry;
  };
  const open = await start('open-registry', false);
  const locked = await start('locked-registry', true);
  const throttle = await startThrottle(open.host, SLOW_BYTES_PER_SECOND);
  cleanup.defer('throttle', () => throttle.stop());

  const slow = await open.push('team/slow:1');
  return {
    socketPath: containerd.socketPath,
    image: await open.push('team/app:1'),
    slowImage: { digest: slow.digest, reference: slow.reference.replace(open.host, throttle.host) },
    lockedImage: { ...(await locked.push('team/app:1')), credential: locked.credentials },
    downloads: image => downloadsOf(open, image),
    [Symbol.asyncDispose]: () => cleanup.close(),
  };
}

/** How often the blob was fetched that was fetched most. */
function downloadsOf(registry: Registry, { reference }: PullableImage): number {
  const repository = reference.slice(reference.indexOf('/') + 1, reference.lastIndexOf(':'));
  const counts = new Map<string, number>();
  for (const { digest } of registry.downloads(repository)) {
    counts.set(digest, (counts.get(digest) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}
