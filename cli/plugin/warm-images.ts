import { isSameImage } from '../../api/image-change.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { nodeImageEntryOf, parseImageReference, pullReference } from '../../api/image-reference.ts';
import type { NodeImage } from '../../api/node-image.ts';
import { type NodePull, nodePull } from '../../api/node-pull.ts';

/** An image that Headstart keeps on nodes. */
export interface WarmImage {
  readonly image: string;
  readonly warm: number;
  readonly pulling: number;
  readonly waiting: number;
  readonly failed: number;
  /** Nodes that shall have it. */
  readonly wanted: number;
  /** By name; empty when only jobs told. */
  readonly nodes: readonly NodePull[];
}

/** The images that `nodeImages` want, by name, with the nodes that want them. */
export function warmImages(nodeImages: readonly NodeImage[]): readonly WarmImage[] {
  const byImage = new Map<string, NodePull[]>();
  for (const { metadata, spec, status } of nodeImages) {
    for (const [name, { tags }] of Object.entries(spec.images ?? {})) {
      const statuses = status?.imageStatuses?.[name]?.tags ?? [];
      for (const tag of tags) {
        const image = pullReference(name, tag.tag);
        const pulls = byImage.get(image) ?? [];
        pulls.push(nodePull(metadata.name, tag, statuses));
        byImage.set(image, pulls);
      }
    }
  }
  return [...byImage].map(([image, nodes]) => counted(image, nodes)).toSorted(byName);
}

/** What the jobs of a namespace tell, for people who may not read NodeImages. */
export function warmImagesOfJobs(jobs: readonly ImagePullJob[]): readonly WarmImage[] {
  return jobs.map(imageOfJob).toSorted(byName);
}

function imageOfJob({ spec: { image }, status }: ImagePullJob): WarmImage {
  const none: NonNullable<ImagePullJob['status']> = {
    desired: 0,
    active: 0,
    succeeded: 0,
    failed: 0,
  };
  const { desired, active, succeeded, failed, waiting = 0, unavailable = 0 } = status ?? none;
  const counts = { warm: succeeded, pulling: active, failed, wanted: desired };
  return { image, ...counts, waiting: waiting + unavailable, nodes: [] };
}

/** Those that `text` names; without tag and digest it names every tag. */
export function imagesNamed(images: readonly WarmImage[], text: string): readonly WarmImage[] {
  const parsed = parseImageReference(text);
  if (!parsed.ok) return [];
  const { tag, digest } = parsed.reference;
  if (tag !== undefined || digest !== undefined) {
    return images.filter(({ image }) => isSameImage(image, text));
  }
  const { name } = nodeImageEntryOf(parsed.reference);
  return images.filter(({ image }) => repositoryOf(image) === name);
}

/** The familiar name of an image without its tag. */
export function repositoryOf(image: string): string | undefined {
  const parsed = parseImageReference(image);
  return parsed.ok ? nodeImageEntryOf(parsed.reference).name : undefined;
}

function counted(image: string, nodes: readonly NodePull[]): WarmImage {
  const count = (state: NodePull['state']): number =>
    nodes.filter(pull => pull.state === state).length;
  return {
    image,
    warm: count('warm'),
    pulling: count('pulling'),
    waiting: count('waiting'),
    failed: count('failed'),
    wanted: nodes.length,
    nodes: nodes.toSorted((a, b) => compareNames(a.node, b.node)),
  };
}

const byName = (a: WarmImage, b: WarmImage): number => a.image.localeCompare(b.image);

/** `node-2` before `node-10`. */
export function compareNames(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
