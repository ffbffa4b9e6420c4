import type { NodeImage } from '../../../api/node-image.ts';
import { NODE_IMAGES } from '../../../api/resources.ts';
import type { KubeConnection } from '../../../kube/connect-kube.ts';
import { createInformer } from '../../../kube/create-informer.ts';
import type { Change, Lister } from '../../../kube/informer.ts';
import { isNotFound } from '../../../kube/kube-error.ts';
import { systemClock } from '../../../runtime/clock.ts';
import { noMetrics } from '../../../runtime/metrics.ts';
import { Semaphore } from '../../../runtime/semaphore.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { type PullAccount, PullAccounts } from './pull-accounts.ts';
import { SimulatedNode } from './simulated-node.ts';

export interface SimulatedDaemonsOptions {
  readonly pullMs: number;
  /** Pulls of these references fail; all others succeed. */
  readonly failing: readonly string[];
}

const WRITES_AT_ONCE = 32;
const RETRY_MS = 300;

/** The daemons of all nodes in this process, on one watch. They keep books, and go on reporting until the API server has taken it. */
export class SimulatedDaemons implements AsyncDisposable {
  /** NodeImages as the daemons see them. */
  readonly nodeImages: Lister<NodeImage>;
  /** What went wrong on the way to the API server. */
  readonly log = new RecordingLogger();
  readonly #options: SimulatedDaemonsOptions;
  readonly #connection: KubeConnection;
  readonly #accounts = new PullAccounts();
  readonly #nodes = new Map<string, SimulatedNode>();
  readonly #writes = new Semaphore(
    { name: 'reports', limit: WRITES_AT_ONCE },
    { metrics: noMetrics },
  );
  /** Nodes whose status is being written; true when there is more to say than is being said. */
  readonly #reporting = new Map<string, boolean>();
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  private constructor(options: SimulatedDaemonsOptions, connection: KubeConnection) {
    this.#options = options;
    this.#connection = connection;
    const { client } = connection;
    const deps = {
      client,
      clock: systemClock,
      log: this.log,
      metrics: noMetrics,
      random: Math.random,
    };
    const informer = createInformer<NodeImage>({ resource: NODE_IMAGES, consistent: true }, deps);
    informer.onChange(change => this.#see(change));
    this.nodeImages = informer;
    this.#running = informer.run(this.#stop.signal);
  }

  /** Starts them; they act as soon as they see their NodeImages. The connection is theirs from now on. */
  static start(options: SimulatedDaemonsOptions, connection: KubeConnection): SimulatedDaemons {
    return new SimulatedDaemons(options, connection);
  }

  /** The books of an image. */
  account(reference: string): PullAccount {
    return this.#accounts.of(reference);
  }

  /** Names of the nodes that want an image. */
  wanting(image: string): readonly string[] {
    return [...this.nodeImages.list()]
      .filter(({ spec }) => spec.images?.[image] !== undefined)
      .map(({ metadata }) => metadata.name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    for (const node of this.#nodes.values()) node.close();
    await this.#running;
    this.#connection.close();
  }

  #see({ type, object }: Change<NodeImage>): void {
    const { name } = object.metadata;
    if (type === 'deleted') {
      this.#nodes.get(name)?.close();
      this.#nodes.delete(name);
      return;
    }
    const node = this.#nodes.get(name) ?? this.#add(name);
    node.see(object);
  }

  #add(name: string): SimulatedNode {
    const node = new SimulatedNode({
      pullMs: this.#options.pullMs,
      succeeds: reference => !this.#options.failing.includes(reference),
      begun: (reference, version) => this.#accounts.begin(reference, name, version),
      ended: reference => this.#accounts.end(reference, name),
      report: () => void this.#report(name, node),
    });
    this.#nodes.set(name, node);
    return node;
  }

  /** One writer a node: a report that comes while one is written is written after it. */
  async #report(name: string, node: SimulatedNode): Promise<void> {
    const busy = this.#reporting.has(name);
    this.#reporting.set(name, busy);
    if (busy) return;
    while (!this.#stop.signal.aborted && this.#nodes.get(name) === node) {
      const written = await this.#write(name, () => node.status());
      if (written && this.#reporting.get(name) !== true) break;
      this.#reporting.set(name, false);
      if (!written) await systemClock.sleep(RETRY_MS);
    }
    this.#reporting.delete(name);
  }

  /** False when it has to be tried again. */
  async #write(name: string, status: () => unknown): Promise<boolean> {
    const { signal } = this.#stop;
    try {
      await this.#writes.run(signal, () =>
        this.#connection.client.patch(
          NODE_IMAGES,
          { name },
          { type: 'merge', body: { status: status() } },
          { subresource: 'status', signal },
        ),
      );
      return true;
    } catch (err) {
      if (signal.aborted || isNotFound(err)) return true;
      this.log.warn('Failed to report', { node: name, err });
      return false;
    }
  }
}
