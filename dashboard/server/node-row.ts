import { pullReference } from '../../api/image-reference.ts';
import type { NodeImage } from '../../api/node-image.ts';
import { type NodePull, nodePull } from '../../api/node-pull.ts';
import { availabilityOf } from '../../controllers/image-pull-job/availability.ts';
import type { NodeDetails } from '../wire/node-details.ts';
import type { NodeRow, NodeState } from '../wire/rows.ts';
import type { Caches } from './caches.ts';
import type { OpenJobs } from './open-jobs.ts';

type ImagePull = NodeDetails['images'][number];

/** A message of a runtime can be long; the heat map shows a line. */
const MAX_WHY = 160;

/** The row of a node; undefined when it has no NodeImage: no daemon works there. */
export function nodeRow(name: string, caches: Caches, openJobs: OpenJobs): NodeRow | undefined {
  const nodeImage = caches.nodeImages.get(name);
  if (nodeImage === undefined) return undefined;
  const images = [...pullsOf(nodeImage), ...turnsOf(nodeImage, openJobs)];
  const availability = availabilityOf(caches.nodes.get(name));
  const failure = images.find(({ state }) => state === 'failed');
  const why = availability.available ? failure?.reason : availability.why;
  const percent = percentOf(images);
  return {
    state: stateOf(images, availability.available),
    wanted: images.length,
    warm: images.filter(({ state }) => state === 'warm').length,
    ...(percent === undefined ? {} : { percent }),
    ...(why === undefined ? {} : { why: why.slice(0, MAX_WHY) }),
  };
}

/** A node with its images; undefined when it has no NodeImage. */
export function nodeDetails(
  name: string,
  caches: Caches,
  openJobs: OpenJobs,
): NodeDetails | undefined {
  const nodeImage = caches.nodeImages.get(name);
  const row = nodeRow(name, caches, openJobs);
  if (nodeImage === undefined || row === undefined) return undefined;
  const images = [...pullsOf(nodeImage), ...turnsOf(nodeImage, openJobs)];
  return { name, row, images: images.toSorted((a, b) => a.image.localeCompare(b.image)) };
}

function pullsOf({ metadata, spec, status }: NodeImage): readonly ImagePull[] {
  return Object.entries(spec.images ?? {}).flatMap(([repository, { tags }]) => {
    const statuses = status?.imageStatuses?.[repository]?.tags ?? [];
    return tags.map(tag => {
      const { node: _node, ...pull }: NodePull = nodePull(metadata.name, tag, statuses);
      return { image: pullReference(repository, tag.tag), ...pull };
    });
  });
}

/** Images that jobs will put on the node once it is its turn. */
function turnsOf({ metadata, spec }: NodeImage, openJobs: OpenJobs): readonly ImagePull[] {
  const turns = new Map<string, ImagePull>();
  for (const { entry, selection, failedNodes } of openJobs.list()) {
    const { name: repository, tag } = entry;
    const isThere = spec.images?.[repository]?.tags.some(each => each.tag === tag) ?? false;
    if (isThere || !selection.selects(metadata.name)) continue;
    const image = pullReference(repository, tag);
    const hasFailed = failedNodes.has(metadata.name);
    turns.set(image, { image, state: hasFailed ? 'failed' : 'waiting' });
  }
  return [...turns.values()];
}

function stateOf(images: readonly ImagePull[], isAvailable: boolean): NodeState {
  const has = (state: NodePull['state']): boolean => images.some(each => each.state === state);
  if (has('failed')) return 'failed';
  if (!isAvailable) return 'unavailable';
  if (has('pulling')) return 'pulling';
  if (has('waiting')) return 'waiting';
  return images.length > 0 ? 'warm' : 'idle';
}

function percentOf(images: readonly ImagePull[]): number | undefined {
  const pulling = images.filter(({ state }) => state === 'pulling');
  if (pulling.length === 0) return undefined;
  return Math.round(pulling.reduce((sum, { progress = 0 }) => sum + progress, 0) / pulling.length);
}
