import { pullReference } from '../api/image-reference.ts';
import type { NodeImage } from '../api/node-image.ts';
import type { EventRecorder } from '../kube/event-recorder.ts';
import type { Informer } from '../kube/informer.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import { linkedAbort } from '../runtime/abort.ts';
import { type Clock, timestamp } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log.ts';
import type { Metrics } from '../runtime/metrics.ts';
import { LeasePruner } from './containerd/lease-pruner.ts';
import { credentialsFrom } from './credentials/credential-part.ts';
import { NodeCredentials, type NodeCredentialsOptions } from './credentials/node-credentials.ts';
import { pullSecretCredentials } from './credentials/pull-secrets.ts';
import { SecretStore } from './credentials/secret-store.ts';
import { createGrpcRuntime } from './cri/grpc-runtime.ts';
import type { RuntimeClient } from './cri/image-runtime.ts';
import { measuredRuntime } from './cri/measured-runtime.ts';
import { createRuntimeConnection, type RuntimeConnection } from './cri/runtime-connection.ts';
import { createImageFs, type ImageFsOptions } from './image-fs.ts';
import { watchNodeImage } from './node-image-source.ts';
import { type EndedPull, recordPullEvents, SHORT_PULL_MS } from './pull-events.ts';
import { PullMetrics } from './pull-metrics.ts';
import { PullScheduler } from './pull-scheduler.ts';
import { PullSlots } from './pull-slots.ts';
import { readNodeImage } from './read-node-image.ts';
import { nodeImageStatus } from './status.ts';
import { StatusReporter } from './status-reporter.ts';
import { unfinishedImages } from './wanted-pulls.ts';

export interface DaemonOptions extends ImageFsOptions {
  /** Name of the Node, and of its NodeImage. */
  readonly nodeName: string;
  /** `unix:///run/containerd/containerd.sock`; absent: the first runtime that answers below `runDir`. */
  readonly runtimeEndpoint?: string;
  /** Where the node's `/run` is mounted. */
  readonly runDir: string;
  /** Attempts that run at once. Default 3. */
  readonly maxConcurrentPulls?: number;
  /** Attempts that run at once from any one registry. Default: no limit but the one above. */
  readonly maxConcurrentPullsPerRegistry?: number;
  /** Credentials that the node has for everybody on it. Default: none. */
  readonly nodeCredentials?: NodeCredentialsOptions;
  /** How often a runtime that is well is asked whether it still is. Default 10 s. */
  readonly runtimeCheckIntervalMs?: number;
}

export interface DaemonDeps {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly events: EventRecorder;
  readonly random: () => number;
  /** What credential plugins inherit. Default: nothing. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default: gRPC. */
  readonly connect?: (socketPath: string) => RuntimeClient;
  /** Default: the one that the options name. */
  readonly runtime?: RuntimeConnection;
}

/** The agent of one node: pulls what its NodeImage wants and reports what became of it. */
export interface Daemon {
  /** Works until `signal` aborts; then stops the pulls, writes what is to be written, and ends. */
  run(signal: AbortSignal): Promise<void>;
  /** True when its NodeImage is being watched and the runtime answers. */
  ready(): boolean;
  /** What keeps it from being ready, in a few words. */
  readonly problems: readonly string[];
}

/** Tags that end together, because their images were there all along, are one write. */
const GATHER_MS = 20;

/** Puts a daemon together. Throws `CONFIG_INVALID` for a malformed endpoint. */
export function createDaemon(options: DaemonOptions, deps: DaemonDeps): Daemon {
  return new NodeDaemon(options, deps);
}

class NodeDaemon implements Daemon {
  readonly #deps: DaemonDeps;
  readonly #runtime: RuntimeConnection;
  readonly #informer: Informer<NodeImage>;
  readonly #scheduler: PullScheduler;
  readonly #reporter: StatusReporter;
  readonly #leases: LeasePruner;
  readonly #nodeCredentials: NodeCredentials;
  readonly #metrics: PullMetrics;
  #nodeImage: NodeImage | undefined;

  constructor(options: DaemonOptions, deps: DaemonDeps) {
    const { clock, metrics } = deps;
    this.#deps = deps;
    this.#metrics = new PullMetrics(metrics);
    this.#runtime = deps.runtime ?? connectRuntime(options, deps);
    this.#nodeCredentials = new NodeCredentials(options.nodeCredentials ?? {}, {
      ...deps,
      env: deps.env ?? {},
    });
    this.#scheduler = this.#createScheduler(options);
    this.#leases = new LeasePruner({ ...deps, runtime: this.#runtime });
    this.#reporter = new StatusReporter({
      ...deps,
      statusOf: nodeImage =>
        nodeImageStatus(readNodeImage(nodeImage), this.#scheduler.statusOf, timestamp(clock)),
    });
    this.#informer = watchNodeImage(options.nodeName, seen => this.#see(seen), deps);
  }

  get problems(): readonly string[] {
    const synced = this.#informer.hasSynced ? [] : ['the NodeImage was not read yet'];
    return [...synced, ...(this.#runtime.problem === undefined ? [] : [this.#runtime.problem])];
  }

  ready(): boolean {
    return this.problems.length === 0;
  }

  async run(signal: AbortSignal): Promise<void> {
    // The connection outlives the signal: pulls are cancelled over it.
    using connected = linkedAbort();
    const parts = [
      this.#runtime.run(connected.signal),
      this.#informer.run(signal),
      this.#leases.run(signal),
    ];
    try {
      await Promise.race(parts);
    } finally {
      await this.#scheduler.close();
      await this.#nodeCredentials.close();
      await this.#reporter.close();
      await this.#deps.events.flush();
      connected.abort();
    }
    await Promise.all(parts);
  }

  #createScheduler(options: DaemonOptions): PullScheduler {
    const { client, clock } = this.#deps;
    const { maxConcurrentPulls: limit = 3, maxConcurrentPullsPerRegistry } = options;
    const perRegistry = maxConcurrentPullsPerRegistry ?? limit;
    return new PullScheduler(
      {
        ...this.#deps,
        runtime: this.#runtime,
        credentials: credentialsFrom([
          pullSecretCredentials(new SecretStore({ client, clock })),
          this.#nodeCredentials.find,
        ]),
        slots: new PullSlots({ limit, perRegistry }, this.#deps),
        imageFs: createImageFs(options, this.#deps),
      },
      {
        onProgress: () => this.#reporter.changed(SHORT_PULL_MS),
        onRetry: reason => this.#metrics.retried(reason),
        onEnd: ended => this.#ended(ended),
      },
    );
  }

  #see(nodeImage: NodeImage | undefined): void {
    // Deleted and made again between two looks: nothing of the old one counts for the new one.
    if (nodeImage?.metadata.uid !== this.#nodeImage?.metadata.uid) this.#scheduler.apply(undefined);
    this.#nodeImage = nodeImage;
    const read = nodeImage && readNodeImage(nodeImage);
    this.#scheduler.apply(read);
    this.#leases.keepOnly(unfinishedImages(read));
    this.#reporter.observe(nodeImage, SHORT_PULL_MS);
  }

  #ended(ended: EndedPull): void {
    const { pull, outcome, elapsedMs } = ended;
    this.#reporter.changed(this.#scheduler.running > 0 ? GATHER_MS : 0);
    this.#metrics.ended(ended);
    if (this.#nodeImage !== undefined) {
      recordPullEvents(this.#deps.events, this.#nodeImage, ended);
    }
    const image = pullReference(pull.name, pull.tag);
    const { kind, ...result } = outcome;
    const facts = { image, version: pull.version, durationMs: Math.round(elapsedMs), ...result };
    if (kind === 'failed') this.#deps.log.warn('Pull failed', facts);
    else this.#deps.log.info(kind === 'pulled' ? 'Pulled image' : 'Found image', facts);
  }
}

function connectRuntime(options: DaemonOptions, deps: DaemonDeps): RuntimeConnection {
  return createRuntimeConnection(
    { ...options, checkIntervalMs: options.runtimeCheckIntervalMs ?? 10_000 },
    {
      ...deps,
      connect: deps.connect ?? (path => measuredRuntime(createGrpcRuntime(path, deps), deps)),
    },
  );
}
