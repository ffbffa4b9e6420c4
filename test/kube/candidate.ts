import type { CallOptions, KubeClient } from '../../kube/kube-client.ts';
import { KubeError } from '../../kube/kube-error.ts';
import { createLeaderElector, type LeaderElector } from '../../kube/leader-elector.ts';
import { onAbort } from '../../runtime/abort.ts';
import type { Clock } from '../../runtime/clock.ts';
import { withDeadline } from '../../runtime/deadline.ts';
import { createPlainMetrics } from '../../runtime/plain-metrics.ts';
import type { FakeKube } from '../support/fake-kube.ts';
import { RecordingLogger } from '../support/recording-logger.ts';

/** What happens to the calls of one candidate: nothing, refused, not answered in time, carried out but not answered, answered 4 s late. */
export type LinkState = 'up' | 'down' | 'hanging' | 'deaf' | 'slow';

export interface CandidateOptions {
  readonly identity: string;
  /** How far the wall clock of this machine is off. */
  readonly skewMs?: number;
  /** How long its work goes on after its signal aborted. */
  readonly lingerMs?: number;
}

export const TIMES = { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2_000 };

/** Who leads, over all candidates of a test. */
export class Reign {
  readonly leaders = new Set<string>();
  /** `a begins`, `a is told to stop`, `a ends`, with seconds. */
  readonly chronicle: string[] = [];
  most = 0;

  tell(who: string, what: 'begins' | 'is told to stop' | 'ends'): void {
    if (what === 'begins') this.leaders.add(who);
    if (what === 'ends') this.leaders.delete(who);
    this.most = Math.max(this.most, this.leaders.size);
    this.chronicle.push(`${who} ${what}`);
  }
}

/** A process that takes part in an election. */
export class Candidate {
  readonly elector: LeaderElector;
  readonly log = new RecordingLogger();
  readonly metrics = createPlainMetrics();
  link: LinkState = 'up';
  /** How the election ended: undefined while it goes on, 'well', or the error. */
  end: unknown;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(kube: FakeKube, reign: Reign, options: CandidateOptions) {
    const { identity, skewMs = 0, lingerMs = 0 } = options;
    const client = linked(kube, () => this.link);
    const { log, metrics } = this;
    const deps = { client, clock: skewed(kube.clock, skewMs), log, metrics, random: () => 0.5 };
    const lease = { namespace: 'default', name: 'lease', identity };
    this.elector = createLeaderElector({ ...lease, ...TIMES }, deps);
    const lead = async (signal: AbortSignal): Promise<void> => {
      reign.tell(identity, 'begins');
      await new Promise<void>(resolve => onAbort(signal, resolve));
      reign.tell(identity, 'is told to stop');
      if (lingerMs > 0) await kube.clock.sleep(lingerMs);
      reign.tell(identity, 'ends');
    };
    this.#running = this.elector.run(lead, this.#stop.signal).then(
      () => {
        this.end = 'well';
      },
      (error: unknown) => {
        this.end = error;
      },
    );
  }

  /** Asks it to stop in order. */
  stop(): void {
    this.#stop.abort();
  }

  ended(): Promise<void> {
    return this.#running;
  }
}

const skewed = (clock: Clock, skewMs: number): Clock => ({
  now: () => clock.now() + skewMs,
  monotonicMs: () => clock.monotonicMs(),
  sleep: (ms, signal) => clock.sleep(ms, signal),
  after: (ms, callback) => clock.after(ms, callback),
});

/** The client of one candidate: its calls pass through a link that may be broken. */
function linked(kube: FakeKube, state: () => LinkState): KubeClient {
  const lost = new KubeError('connection reset', { status: 0, retryable: true });
  const through = async <T>(options: CallOptions | undefined, call: () => Promise<T>) => {
    if (state() === 'down') throw lost;
    if (state() === 'hanging') {
      using limit = withDeadline(options?.signal, options?.deadlineMs ?? 30_000, kube.clock);
      await silence(limit.signal);
    }
    const answer = await call();
    if (state() === 'deaf') throw lost;
    if (state() === 'slow') await kube.clock.sleep(4_000, options?.signal);
    return answer;
  };
  return {
    get: (resource, name, options) => through(options, () => kube.get(resource, name, options)),
    create: (resource, object, options) =>
      through(options, () => kube.create(resource, object, options)),
    patch: (resource, name, patch, options) =>
      through(options, () => kube.patch(resource, name, patch, options)),
    pages: (resource, options) => kube.pages(resource, options),
    list: (resource, options) => kube.list(resource, options),
    delete: (resource, name, options) => kube.delete(resource, name, options),
    watch: (resource, options) => kube.watch(resource, options),
    getPath: (path, options) => kube.getPath(path, options),
  };
}

const silence = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => onAbort(signal, () => reject(signal.reason as Error)));
