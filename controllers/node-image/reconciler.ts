import { isDeepStrictEqual } from 'node:util';
import type { Node } from '../../api/core.ts';
import type { ObjectKey } from '../../api/meta.ts';
import type { NodeImage } from '../../api/node-image.ts';
import { NODE_IMAGES, NODES } from '../../api/resources.ts';
import type { ReconcileResult } from '../../kube/controller.ts';
import type { Lister } from '../../kube/informer.ts';
import type { JsonPatchOperation, KubeClient } from '../../kube/kube-client.ts';
import { isAlreadyExists, isNotFound } from '../../kube/kube-error.ts';
import { type Clock, timestamp } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import { mirrorReferences } from '../image-pull-job/mirrored-secret.ts';
import type { KnownNodeImages } from '../node-image-writer/known-node-images.ts';
import type { NodeImageWriter } from '../node-image-writer/writer.ts';
import { requeueAfter } from '../requeue.ts';
import { existenceOf, isFake, nodeImageFor, ownersOf } from './existence.ts';
import { type PruneFacts, prune } from './prune.ts';
import type { TagOwners } from './tag-owners.ts';

/** For caches to catch up with what another leader did. */
const SOON_MS = 1_000;

export interface NodeImageReconcilerDeps {
  readonly client: KubeClient;
  readonly nodes: Lister<Node>;
  readonly known: KnownNodeImages;
  readonly writer: NodeImageWriter;
  readonly owners: TagOwners;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Keeps one NodeImage for each Node, and its tags tidy. */
export class NodeImageReconciler {
  readonly #deps: NodeImageReconcilerDeps;

  constructor(deps: NodeImageReconcilerDeps) {
    this.#deps = deps;
  }

  /** One look at the Node and the NodeImage of that name. */
  async reconcile(name: ObjectKey, signal: AbortSignal): Promise<ReconcileResult | undefined> {
    const node = this.#deps.nodes.get(name);
    const nodeImage = this.#deps.known.get(name);
    switch (existenceOf(node, nodeImage)) {
      case 'absent':
        return undefined;
      case 'create':
        return node && this.#create(node, signal);
      case 'keep':
        return nodeImage && this.#keep(nodeImage, node, signal);
      case 'delete':
      case 'replace':
        return nodeImage && this.#remove(nodeImage, signal);
    }
  }

  async #create(node: Node, signal: AbortSignal): Promise<ReconcileResult | undefined> {
    const { client, known } = this.#deps;
    try {
      known.record(await client.create(NODE_IMAGES, nodeImageFor(node), { signal }));
      this.#deps.log.debug('Created NodeImage', { node: node.metadata.name });
      return undefined;
    } catch (error) {
      if (isAlreadyExists(error)) return { requeueAfterMs: SOON_MS };
      throw error;
    }
  }

  /** Deleting is for good, so the Node is asked for and not taken from the cache. */
  async #remove(nodeImage: NodeImage, signal: AbortSignal): Promise<ReconcileResult | undefined> {
    const { client, known } = this.#deps;
    const { name, uid = '' } = nodeImage.metadata;
    const node = await client.get(NODES, { name }, { signal });
    const existence = existenceOf(node, nodeImage);
    if (existence !== 'delete' && existence !== 'replace') return { requeueAfterMs: SOON_MS };
    await client.delete(NODE_IMAGES, { name }, { signal, preconditions: { uid } });
    known.forget(name);
    const reason = existence === 'replace' ? 'the Node is another one' : 'the Node has no daemon';
    this.#deps.log.info('Deleted NodeImage', { node: name, reason });
    return existence === 'replace' && node ? this.#create(node, signal) : undefined;
  }

  async #keep(
    nodeImage: NodeImage,
    node: Node | undefined,
    signal: AbortSignal,
  ): Promise<ReconcileResult | undefined> {
    if (node !== undefined && !isFake(nodeImage)) {
      const operations = metadataChanges(nodeImage, node);
      if (operations.length > 0) return this.#patch(nodeImage, operations, signal);
    }
    await this.#deps.owners.findOut(nodeImage, signal);
    const { spec, nextCheckMs } = prune(nodeImage, this.#pruneFacts());
    if (spec !== nodeImage.spec) {
      const { name } = nodeImage.metadata;
      const tidy = (newest: NodeImage) => prune(newest, this.#pruneFacts()).spec;
      await this.#deps.writer.change(name, tidy, signal);
    }
    return requeueAfter(nextCheckMs - this.#deps.clock.now());
  }

  /** The change comes back as an event, and that looks at the tags. */
  async #patch(
    nodeImage: NodeImage,
    operations: readonly JsonPatchOperation[],
    signal: AbortSignal,
  ): Promise<undefined> {
    const { name } = nodeImage.metadata;
    try {
      await this.#deps.client.patch(
        NODE_IMAGES,
        { name },
        { type: 'json', operations },
        { signal },
      );
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  #pruneFacts(): PruneFacts {
    const { clock, owners } = this.#deps;
    return {
      ownerState: owner => owners.state(owner),
      usesSecret: (uids, secretName) =>
        uids.some(uid => {
          const job = owners.job(uid);
          return job === undefined || mirrorReferences(job).some(({ name }) => name === secretName);
        }),
      nowMs: clock.now(),
      now: timestamp(clock),
    };
  }
}

/** Labels are the Node's, all of them and no others. */
function metadataChanges(nodeImage: NodeImage, node: Node): readonly JsonPatchOperation[] {
  const { labels = {}, ownerReferences = [], resourceVersion } = nodeImage.metadata;
  const wanted = { labels: node.metadata.labels ?? {}, owners: ownersOf(nodeImage, node) };
  const operations: JsonPatchOperation[] = [];
  if (!isDeepStrictEqual(labels, wanted.labels)) {
    operations.push({ op: 'add', path: '/metadata/labels', value: wanted.labels });
  }
  if (!isDeepStrictEqual(ownerReferences, wanted.owners)) {
    operations.push({ op: 'add', path: '/metadata/ownerReferences', value: wanted.owners });
  }
  if (operations.length === 0) return operations;
  const guard = {
    op: 'replace',
    path: '/metadata/resourceVersion',
    value: resourceVersion,
  } as const;
  return [guard, ...operations];
}
