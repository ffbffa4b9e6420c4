// The daemons of all nodes in one process with one watch: node --import tsx bench/daemons.ts KUBECONFIG PULL_MS
// Tells its parent when it is ready, when a first node has tags and when none has them any more.
import { isFinalPhase, type NodeImage, type NodeImageStatus } from '../api/node-image.ts';
import { NODE_IMAGES } from '../api/resources.ts';
import { createInformer } from '../kube/create-informer.ts';
import type { Change } from '../kube/informer.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import { systemClock, timestamp } from '../runtime/clock.ts';
import { noMetrics } from '../runtime/metrics.ts';
import { Semaphore } from '../runtime/semaphore.ts';
import { connectAs, informerDeps } from './connection.ts';

/** What the process tells its parent. */
export type DaemonsMessage = 'ready' | 'first tag' | 'last tag gone';

const NAME = 'headstart-daemon';
/** More writes at once would not be faster on this API server. */
const WRITES_AT_ONCE = 64;

const tell = (message: DaemonsMessage): void => void process.send?.(message);

/** Each pull takes `pullMs` and is reported with one write, as the real daemon reports a pull that is short. */
class SimulatedDaemons {
  readonly #client: KubeClient;
  readonly #pullMs: number;
  readonly #writes = new Semaphore({ name: NAME, limit: WRITES_AT_ONCE }, { metrics: noMetrics });
  /** `node image:tag version` of every pull that began. */
  readonly #begun = new Set<string>();
  readonly #nodesWithTags = new Set<string>();

  constructor(client: KubeClient, pullMs: number) {
    this.#client = client;
    this.#pullMs = pullMs;
  }

  onChange({ type, object }: Change<NodeImage>): void {
    const images = type === 'deleted' ? {} : (object.spec.images ?? {});
    this.#count(
      object.metadata.name,
      Object.values(images).some(({ tags }) => tags.length > 0),
    );
    for (const [image, { tags }] of Object.entries(images)) {
      for (const { tag, version = 0 } of tags) this.#want(object, { image, tag, version });
    }
  }

  #count(node: string, hasTags: boolean): void {
    const before = this.#nodesWithTags.size;
    if (hasTags) this.#nodesWithTags.add(node);
    else this.#nodesWithTags.delete(node);
    const { size } = this.#nodesWithTags;
    if (before === 0 && size > 0) tell('first tag');
    if (before > 0 && size === 0) tell('last tag gone');
  }

  #want({ metadata, status }: NodeImage, pull: Pull): void {
    const known = status?.imageStatuses?.[pull.image]?.tags.find(({ tag }) => tag === pull.tag);
    if (known?.version === pull.version && isFinalPhase(known.phase)) return;
    const key = `${metadata.name} ${pull.image}:${pull.tag} ${pull.version}`;
    if (this.#begun.has(key)) return;
    this.#begun.add(key);
    const startTime = timestamp(systemClock);
    systemClock.after(this.#pullMs, () => {
      const status = succeeded(pull, startTime);
      this.#writes
        .run(undefined, () => this.#report(metadata.name, status))
        .catch((error: unknown) => console.error(`${key} was not reported:`, error));
    });
  }

  async #report(node: string, status: NodeImageStatus): Promise<void> {
    const patch = { type: 'merge', body: { status } } as const;
    await this.#client.patch(NODE_IMAGES, { name: node }, patch, { subresource: 'status' });
  }
}

interface Pull {
  readonly image: string;
  readonly tag: string;
  readonly version: number;
}

/** As a node reports that wants one tag only. */
function succeeded({ image, tag, version }: Pull, startTime: string): NodeImageStatus {
  const completionTime = timestamp(systemClock);
  const result = {
    tag,
    version,
    phase: 'Succeeded',
    progress: 100,
    startTime,
    completionTime,
  } as const;
  return { desired: 1, succeeded: 1, imageStatuses: { [image]: { tags: [result] } } };
}

async function main([kubeconfig = '', pullMs = '']: readonly string[]): Promise<void> {
  const connection = await connectAs(NAME, kubeconfig);
  const daemons = new SimulatedDaemons(connection.client, Number(pullMs));
  const informer = createInformer(
    { resource: NODE_IMAGES },
    informerDeps('simulated-daemons', connection),
  );
  informer.onChange(change => daemons.onChange(change));
  const running = informer.run(new AbortController().signal);
  await informer.synced();
  tell('ready');
  await running;
}

// Its parent is gone.
process.on('disconnect', () => process.exit(0));
await main(process.argv.slice(2));
