import { keyOf } from '../../api/meta.ts';
import type { ImageTagSpec, ImageTagStatus, NodeImage } from '../../api/node-image.ts';
import { isFinalPhase, type NodeImageStatus } from '../../api/node-image.ts';
import { NODE_IMAGES } from '../../api/resources.ts';
import { createInformer } from '../../kube/create-informer.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { type Clock, timestamp } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/log.ts';
import { noMetrics } from '../../runtime/metrics.ts';

/** How a pull ends. `hangs` never does; `silent` is not even acknowledged. */
export type PullEnd =
  | 'succeeds'
  | 'hangs'
  | 'silent'
  | { readonly reason: string; readonly message: string };

/** One pull that a daemon began. */
export interface BegunPull {
  readonly node: string;
  /** `name:tag`. */
  readonly image: string;
  readonly version: number;
  readonly atMs: number;
}

export interface FakeDaemonsOptions {
  /** Default 2 s, or what the function says. */
  readonly pullMs?: number | ((node: string) => number);
  /** Default: everything succeeds. */
  readonly end?: (pull: BegunPull) => PullEnd;
}

interface Task {
  readonly version: number;
  readonly cancel: () => void;
}

/** The daemons of all nodes: they answer NodeImages as real ones do, and remember who pulled what and how many at once. */
export class FakeDaemons {
  readonly pulls: BegunPull[] = [];
  /** The most pulls at one time. */
  mostAtOnce = 0;
  readonly #client: KubeClient;
  readonly #clock: Clock;
  readonly #options: FakeDaemonsOptions;
  readonly #tasks = new Map<string, Task>();
  /** By node and image. */
  readonly #statuses = new Map<string, Map<string, ImageTagStatus>>();
  readonly #present = new Set<string>();
  readonly #writes = new Map<string, Promise<void>>();
  #pulling = 0;

  constructor(
    deps: { readonly client: KubeClient; readonly clock: Clock },
    options: FakeDaemonsOptions = {},
  ) {
    this.#client = deps.client;
    this.#clock = deps.clock;
    this.#options = options;
  }

  /** Pulls that run now. */
  get pulling(): number {
    return this.#pulling;
  }

  /** Nodes in the order in which they began. */
  get nodes(): readonly string[] {
    return this.pulls.map(({ node }) => node);
  }

  /** Tells how far the pull of `image` on `node` is. */
  tell(node: string, image: string, bytes: { bytesDone: number; bytesTotal: number }): void {
    const status = this.#statuses.get(node)?.get(image);
    if (status !== undefined) this.#report(node, image, { ...status, ...bytes });
  }

  async run(signal: AbortSignal): Promise<void> {
    const deps = {
      client: this.#client,
      clock: this.#clock,
      log: silentLogger,
      metrics: noMetrics,
      random: () => 0.5,
    };
    const informer = createInformer<NodeImage>({ resource: NODE_IMAGES }, deps);
    informer.onChange(({ type, object }) => {
      if (type === 'deleted') this.#forget(object.metadata.name);
      else this.#sync(object);
    });
    await informer.run(signal);
    await Promise.all(this.#writes.values());
  }

  #forget(node: string): void {
    for (const [key, task] of this.#tasks) if (key.startsWith(`${node} `)) task.cancel();
    this.#statuses.delete(node);
    for (const key of this.#present) if (key.startsWith(`${node} `)) this.#present.delete(key);
  }

  #sync(nodeImage: NodeImage): void {
    const node = keyOf(nodeImage);
    const statuses = this.#statusesOf(nodeImage);
    const wanted = new Map<string, ImageTagSpec>();
    for (const [name, { tags }] of Object.entries(nodeImage.spec.images ?? {})) {
      for (const entry of tags) wanted.set(`${name}:${entry.tag}`, entry);
    }
    for (const image of statuses.keys()) {
      if (wanted.has(image)) continue;
      this.#tasks.get(`${node} ${image}`)?.cancel();
      statuses.delete(image);
      this.#write(node);
    }
    for (const [image, entry] of wanted) this.#pull(node, image, entry);
  }

  #statusesOf(nodeImage: NodeImage): Map<string, ImageTagStatus> {
    const node = keyOf(nodeImage);
    let statuses = this.#statuses.get(node);
    if (statuses === undefined) {
      statuses = new Map();
      for (const [name, { tags }] of Object.entries(nodeImage.status?.imageStatuses ?? {})) {
        for (const status of tags) statuses.set(`${name}:${status.tag}`, status);
      }
      this.#statuses.set(node, statuses);
    }
    return statuses;
  }

  #pull(node: string, image: string, { tag, version = 0, imagePullPolicy }: ImageTagSpec): void {
    const key = `${node} ${image}`;
    const status = this.#statuses.get(node)?.get(image);
    if (status?.version === version && isFinalPhase(status.phase)) return;
    const running = this.#tasks.get(key);
    if (running?.version === version) return;
    running?.cancel();
    if (imagePullPolicy === 'IfNotPresent' && this.#present.has(key)) {
      this.#report(node, image, {
        tag,
        version,
        phase: 'Succeeded',
        completionTime: timestamp(this.#clock),
      });
      return;
    }
    const pull = { node, image, version, atMs: this.#clock.now() };
    const end = this.#options.end?.(pull) ?? 'succeeds';
    if (end === 'silent') return;
    this.#begin(pull, tag, end);
  }

  #begin(pull: BegunPull, tag: string, end: Exclude<PullEnd, 'silent'>): void {
    const { node, image, version } = pull;
    const key = `${node} ${image}`;
    this.pulls.push(pull);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#pulling);
    const startTime = timestamp(this.#clock);
    this.#report(node, image, { tag, version, phase: 'Pulling', startTime });
    const stop = (): void => {
      this.#pulling--;
      this.#tasks.delete(key);
    };
    const { pullMs = 2_000 } = this.#options;
    const ms = typeof pullMs === 'number' ? pullMs : pullMs(node);
    const stopTimer =
      end === 'hangs'
        ? () => {}
        : this.#clock.after(ms, () => {
            stop();
            const completionTime = timestamp(this.#clock);
            if (end === 'succeeds') this.#present.add(key);
            this.#report(node, image, {
              tag,
              version,
              startTime,
              completionTime,
              ...(end === 'succeeds' ? { phase: 'Succeeded' } : { phase: 'Failed', ...end }),
            });
          });
    const cancel = (): void => {
      stopTimer();
      stop();
    };
    this.#tasks.set(key, { version, cancel });
  }

  #report(node: string, image: string, status: ImageTagStatus): void {
    this.#statuses.get(node)?.set(image, status);
    this.#write(node);
  }

  /** Writes of one node follow each other; the newest status wins. */
  #write(node: string): void {
    const before = this.#writes.get(node) ?? Promise.resolve();
    this.#writes.set(
      node,
      before.then(() => this.#patch(node)),
    );
  }

  async #patch(node: string): Promise<void> {
    const value = statusFrom(this.#statuses.get(node) ?? new Map());
    const patch = { type: 'json', operations: [{ op: 'add', path: '/status', value }] } as const;
    // A NodeImage that was deleted meanwhile has no status.
    await this.#client
      .patch(NODE_IMAGES, { name: node }, patch, { subresource: 'status' })
      .catch(() => {});
  }
}

function statusFrom(statuses: ReadonlyMap<string, ImageTagStatus>): NodeImageStatus {
  const imageStatuses: Record<string, { tags: ImageTagStatus[] }> = {};
  for (const [image, status] of statuses) {
    const name = image.slice(0, image.length - status.tag.length - 1);
    (imageStatuses[name] ??= { tags: [] }).tags.push(status);
  }
  return { desired: statuses.size, imageStatuses };
}
