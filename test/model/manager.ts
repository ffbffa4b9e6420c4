import { SYSTEM_NAMESPACE } from '../../api/names.ts';
import { setupControllers } from '../../controllers/index.ts';
import { createInformers, type Informers } from '../../controllers/informers.ts';
import type { Controller } from '../../kube/controller.ts';
import { createInformer } from '../../kube/create-informer.ts';
import type { EventRecorder } from '../../kube/event-recorder.ts';
import { noMetrics } from '../../runtime/metrics.ts';
import type { RecordingLogger } from '../support/recording-logger.ts';
import { type ModelClient, WRITE_DEADLINE_MS } from './model-client.ts';

const GATES = {
  KruiseDaemon: true,
  ImagePullJobGate: true,
  PreDownloadImageForInPlaceUpdate: true,
  PreDownloadImageForDaemonSetUpdate: true,
};

/** Events are the business of other tests. */
const noEvents: EventRecorder = { event: () => {}, flush: async () => {} };

export interface ManagerDeps {
  readonly client: ModelClient;
  readonly random: () => number;
  readonly log: RecordingLogger;
  /** 0: no ceiling. */
  readonly maxPullsPerRegistry: number;
}

/** One replica: the real caches and controllers, as cli/manager wires them; who leads is decided by the model. */
export class Manager {
  readonly client: ModelClient;
  readonly informers: Informers;
  readonly #controllers: readonly Controller[];
  readonly #process = new AbortController();
  #term: AbortController | undefined;
  #work: Promise<unknown> = Promise.resolve();

  constructor({ client, random, log, maxPullsPerRegistry }: ManagerDeps) {
    this.client = client;
    const base = { client, clock: client.kube.clock, log, metrics: noMetrics, random };
    this.informers = createInformers(
      { workloads: [], namespace: SYSTEM_NAMESPACE },
      { createInformer: declared => createInformer(declared, base) },
    );
    const options = { gates: GATES, writeDeadlineMs: WRITE_DEADLINE_MS, maxPullsPerRegistry };
    this.#controllers = setupControllers(options, {
      ...base,
      informers: this.informers,
      events: noEvents,
    });
    this.#keep(this.informers.run(this.#process.signal));
  }

  get leads(): boolean {
    return this.#term !== undefined;
  }

  /** Begins a term. */
  lead(): void {
    if (this.#term !== undefined || this.#process.signal.aborted) return;
    const term = new AbortController();
    this.client.rested();
    this.#term = term;
    this.#work = this.#lead(AbortSignal.any([term.signal, this.#process.signal]));
    this.#keep(this.#work);
  }

  /** Ends the term, as when the lease could not be renewed. Resolves when the controllers have ended. */
  async resign(): Promise<void> {
    this.#term?.abort(new Error('the term ended'));
    this.#term = undefined;
    await this.#work.catch(() => {});
  }

  /** Ends the process, as SIGKILL does. */
  kill(): void {
    this.client.die();
    this.#term = undefined;
    this.#process.abort(new Error('killed'));
  }

  async #lead(signal: AbortSignal): Promise<void> {
    await this.informers.synced(signal);
    await Promise.all(this.#controllers.map(controller => controller.run(signal)));
  }

  /** How parts end is seen in the API; what they reject with after the end of a term is not. */
  #keep(work: Promise<unknown>): void {
    work.catch(() => {});
  }
}
