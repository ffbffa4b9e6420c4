import { isDeepStrictEqual } from 'node:util';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { isBeingDeleted } from '../../api/meta.ts';
import type { NodeImage } from '../../api/node-image.ts';
import type { Controller } from '../../kube/controller.ts';
import { createController } from '../../kube/create-controller.ts';
import type { Change } from '../../kube/informer.ts';
import type { ControllerDeps } from '../deps.ts';
import { isFinished } from '../job-life.ts';
import type { KnownNodeImages } from '../node-image-writer/known-node-images.ts';
import type { NodeImageWriter } from '../node-image-writer/writer.ts';
import { isWanted } from './prune.ts';
import { NodeImageReconciler } from './reconciler.ts';
import { runsDaemon } from './runs-daemon.ts';
import { TagOwners } from './tag-owners.ts';

export interface NodeImageControllerOptions {
  /** Nodes looked at at once. */
  readonly workers: number;
}

export interface NodeImageControllerDeps extends ControllerDeps {
  readonly known: KnownNodeImages;
  readonly writer: NodeImageWriter;
}

/** Watches Nodes, NodeImages and the jobs that own their tags, and names the nodes to look at. */
export function setupNodeImageController(
  options: NodeImageControllerOptions,
  deps: NodeImageControllerDeps,
): Controller {
  const { nodes, nodeImages, imagePullJobs } = deps.informers;
  const owners = new TagOwners({ client: deps.client, jobs: imagePullJobs });
  const reconciler = new NodeImageReconciler({ ...deps, nodes, owners });
  const controller = createController(
    { name: 'node-image', workers: options.workers },
    { ...deps, reconcile: (key, signal) => reconciler.reconcile(key, signal) },
  );
  nodes.onChange(({ type, object, previous }) => {
    const same =
      type === 'updated' &&
      runsDaemon(object) === runsDaemon(previous) &&
      isDeepStrictEqual(object.metadata.labels, previous.metadata.labels);
    if (!same) controller.enqueue(object.metadata.name);
  });
  nodeImages.onChange(change => {
    if (needsTidying(change, owners)) controller.enqueue(change.object.metadata.name);
  });
  // The answer to a write may come after the NodeImage went, and its Node with it: nothing else would tell that it is gone.
  deps.known.onChange(name => {
    if (nodes.get(name) === undefined) controller.enqueue(name);
  });
  imagePullJobs.onChange(change => {
    const { uid = '' } = change.object.metadata;
    if (change.type === 'deleted') owners.deleted(uid);
    if (!releasesTags(change)) return;
    for (const name of deps.known.ownedBy(uid)) controller.enqueue(name);
  });
  return controller;
}

/** A status matters to a tag that nobody waits for: its TTL begins. */
function needsTidying(change: Change<NodeImage>, owners: TagOwners): boolean {
  if (change.type !== 'updated') return true;
  const { object, previous } = change;
  if (object.metadata.generation !== previous.metadata.generation) return true;
  if (!isDeepStrictEqual(object.metadata.labels, previous.metadata.labels)) return true;
  const images = Object.values(object.spec?.images ?? {});
  return images.some(({ tags }) => tags.some(tag => !isWanted(tag, owner => owners.state(owner))));
}

/** True when a job went, is about to go, or ended. */
function releasesTags({ type, object, previous }: Change<ImagePullJob>): boolean {
  if (type === 'deleted') return true;
  if (type === 'added') return false;
  return (
    (isBeingDeleted(object) && !isBeingDeleted(previous)) ||
    (isFinished(object) && !isFinished(previous))
  );
}
