import { linkedAbort, untilAborted } from '../../runtime/abort.ts';
import type { Clock } from '../../runtime/clock.ts';
import { describeError } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Gauge, Metrics } from '../../runtime/metrics.ts';
import type { ContentStore } from '../containerd/content-store.ts';
import { CriError } from './cri-error.ts';
import { findSockets, isSocket, socketPathOf } from './endpoint.ts';
import type {
  ImageRuntime,
  PresentImage,
  PullRequest,
  RuntimeClient,
  RuntimeVersion,
} from './image-runtime.ts';
import type { RuntimeCall } from './unary.ts';

export interface RuntimeConnectionOptions {
  /** Address of the runtime; absent: look for one below `runDir`. */
  readonly runtimeEndpoint?: string;
  /** Where the node's sockets are, `/run` or where it is mounted. */
  readonly runDir: string;
  /** How often a runtime that is well is asked whether it still is. */
  readonly checkIntervalMs: number;
}

export interface RuntimeConnectionDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly connect: (socketPath: string) => RuntimeClient;
}

/** The node's runtime, whether it is there or not: while it is away, calls fail at once with `RuntimeUnavailable`. */
export interface RuntimeConnection extends ImageRuntime {
  /** Why there is no runtime, in a few words; undefined while there is one. */
  readonly problem: string | undefined;
  /** What the runtime offers beside CRI if it is containerd; undefined until there was a runtime. */
  readonly store: ContentStore | undefined;
  /** Resolves when there is a runtime. */
  available(signal: AbortSignal): Promise<void>;
  /** Looks for a runtime and keeps the connection until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** A probe waits for the connection, so this is also how long a stopped runtime is waited for at a time. */
const PROBE_MS = 3_000;
/** Pause between probes while there is no runtime. */
const RETRY_MS = 500;

/** Makes a connection; it looks for a runtime when it runs. Throws `CONFIG_INVALID` for a malformed endpoint. */
export function createRuntimeConnection(
  options: RuntimeConnectionOptions,
  deps: RuntimeConnectionDeps,
): RuntimeConnection {
  return new WatchedRuntime(options, deps);
}

class WatchedRuntime implements RuntimeConnection {
  readonly #options: RuntimeConnectionOptions;
  readonly #deps: RuntimeConnectionDeps;
  readonly #socketPath: string | undefined;
  readonly #gauge: Gauge;
  /** Never changes once found: another runtime on the node has other images. */
  #runtime: RuntimeClient | undefined;
  #chosenPath: string | undefined;
  #problem: string | undefined = 'the container runtime was not looked for yet';
  /** What was last logged; undefined before the first probe. */
  #saidAvailable: boolean | undefined;
  readonly #waiting = new Set<() => void>();
  /** Ends the pause before the next probe. */
  #probeNow = (): void => {};

  constructor(options: RuntimeConnectionOptions, deps: RuntimeConnectionDeps) {
    this.#options = options;
    this.#deps = deps;
    const { runtimeEndpoint } = options;
    this.#socketPath = runtimeEndpoint === undefined ? undefined : socketPathOf(runtimeEndpoint);
    this.#gauge = deps.metrics.gauge({
      name: 'headstart_runtime_available',
      help: '1 while the container runtime answers.',
    });
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  get store(): ContentStore | undefined {
    return this.#runtime?.store;
  }

  available(signal: AbortSignal): Promise<void> {
    if (this.#problem === undefined) return Promise.resolve();
    let wake = (): void => {};
    const available = new Promise<void>(resolve => {
      wake = resolve;
    });
    this.#waiting.add(wake);
    return untilAborted(available, signal).finally(() => this.#waiting.delete(wake));
  }

  async run(signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted) {
        await this.#probe(signal);
        await this.#pause(signal);
      }
    } finally {
      this.#runtime?.close();
    }
  }

  async version(call: RuntimeCall): Promise<RuntimeVersion> {
    try {
      return await this.#use(runtime => runtime.version(call));
    } catch (error) {
      if (error instanceof CriError) this.#lost(error.message);
      throw error;
    }
  }

  imageStatus(image: string, call: RuntimeCall): Promise<PresentImage | undefined> {
    return this.#use(runtime => runtime.imageStatus(image, call));
  }

  pullImage(request: PullRequest, call: RuntimeCall): Promise<string> {
    return this.#use(runtime => runtime.pullImage(request, call));
  }

  async #use<T>(call: (runtime: ImageRuntime) => Promise<T>): Promise<T> {
    if (this.#runtime === undefined || this.#problem !== undefined) {
      throw new CriError('RuntimeUnavailable', this.#problem ?? 'there is no container runtime');
    }
    try {
      return await call(this.#runtime);
    } catch (error) {
      if (isOutage(error)) this.#lost(error.message);
      // It may hang: looked at now, not when the next look is due.
      else if (error instanceof CriError && error.reason === 'Timeout') this.#probeNow();
      throw error;
    }
  }

  async #probe(signal: AbortSignal): Promise<void> {
    const call = { signal, deadlineMs: PROBE_MS };
    try {
      if (this.#runtime === undefined) await this.#find(call);
      else await this.#runtime.version(call);
      this.#found();
    } catch (error) {
      if (!signal.aborted) this.#lost(await this.#describe(error));
    }
  }

  /** A probe of a socket that is gone ends like one of a runtime that hangs. */
  async #describe(error: unknown): Promise<string> {
    const path = this.#chosenPath;
    if (path !== undefined && !(await isSocket(path))) return `no socket at ${path}`;
    return describeError(error);
  }

  /** Takes the first runtime that answers. */
  async #find(call: RuntimeCall): Promise<void> {
    let failure = new CriError('RuntimeUnavailable', this.#nowhere());
    for (const socketPath of await this.#sockets()) {
      const runtime = this.#deps.connect(socketPath);
      try {
        const version = await runtime.version(call);
        this.#runtime = runtime;
        this.#chosenPath = socketPath;
        this.#deps.log.info('Chose the container runtime', { socketPath, ...version });
        return;
      } catch (error) {
        runtime.close();
        call.signal.throwIfAborted();
        failure = new CriError('RuntimeUnavailable', `${socketPath}: ${describeError(error)}`);
      }
    }
    throw failure;
  }

  async #sockets(): Promise<readonly string[]> {
    if (this.#socketPath === undefined) return findSockets(this.#options.runDir);
    return (await isSocket(this.#socketPath)) ? [this.#socketPath] : [];
  }

  #nowhere(): string {
    return this.#socketPath === undefined
      ? `no container runtime socket below ${this.#options.runDir}`
      : `no socket at ${this.#socketPath}`;
  }

  #found(): void {
    this.#problem = undefined;
    this.#say(true);
    for (const wake of this.#waiting) wake();
  }

  #lost(problem: string): void {
    this.#problem = problem;
    this.#say(false);
    this.#probeNow();
  }

  #say(isAvailable: boolean): void {
    this.#gauge.set({}, isAvailable ? 1 : 0);
    if (this.#saidAvailable === isAvailable) return;
    this.#saidAvailable = isAvailable;
    if (isAvailable) this.#deps.log.info('Container runtime became available');
    else this.#deps.log.warn('Container runtime is not available', { problem: this.#problem });
  }

  async #pause(signal: AbortSignal): Promise<void> {
    using pause = linkedAbort(signal);
    this.#probeNow = () => pause.abort();
    const ms = this.#problem === undefined ? this.#options.checkIntervalMs : RETRY_MS;
    await this.#deps.clock.sleep(ms, pause.signal).catch(() => {
      // Only an abort ends it early, and both kinds mean: go on.
    });
    this.#probeNow = () => {};
  }
}

function isOutage(error: unknown): error is CriError {
  return error instanceof CriError && error.reason === 'RuntimeUnavailable';
}
