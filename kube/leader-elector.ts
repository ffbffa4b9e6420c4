import { isAbort, linkedAbort } from '../runtime/abort.ts';
import type { Clock } from '../runtime/clock.ts';
import { withDeadline } from '../runtime/deadline.ts';
import { HeadstartError } from '../runtime/errors.ts';
import type { Logger } from '../runtime/log.ts';
import type { Gauge, Metrics } from '../runtime/metrics.ts';
import type { KubeClient } from './kube-client.ts';
import { LeaseLock, type LeaseLockOptions } from './lease-lock.ts';

export interface LeaderElectorOptions extends LeaseLockOptions {
  /** A leader that could not renew for this long stops leading. Less than the lease duration: the rest is for its work to end. */
  readonly renewDeadlineMs: number;
  /** Between two tries to take or renew the lease. */
  readonly retryPeriodMs: number;
}

export interface LeaderElectorDeps {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly random: () => number;
}

/** Chooses one of several processes by a Lease. */
export interface LeaderElector {
  /**
   * Takes part until `signal` aborts. Each time we are chosen `lead` runs; its signal aborts when the lease could not be renewed in
   * time, well before another may take it, and when `signal` aborts; then the lease is kept until `lead` ended, and given up.
   * Rejects with what `lead` rejects with, or with `LEASE_LOST` when `lead` is still at work when another may begin.
   */
  run(lead: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void>;
  readonly isLeader: boolean;
  /** Who leads as far as we know; '' when nobody does, undefined before the first answer. */
  readonly leader: string | undefined;
}

/** Makes an elector. Throws `CONFIG_INVALID` when the times do not fit together. */
export function createLeaderElector(
  options: LeaderElectorOptions,
  deps: LeaderElectorDeps,
): LeaderElector {
  const { leaseDurationMs, renewDeadlineMs, retryPeriodMs } = options;
  if (leaseDurationMs <= renewDeadlineMs || renewDeadlineMs <= retryPeriodMs * (1 + JITTER)) {
    const times = `${leaseDurationMs}, ${renewDeadlineMs}, ${retryPeriodMs} ms`;
    throw new HeadstartError(
      'CONFIG_INVALID',
      `lease duration, renew deadline and retry period must shrink: ${times}`,
    );
  }
  return new LeaseElector(options, deps);
}

/** Share added at random to the retry period, so that candidates do not meet. */
const JITTER = 0.2;

class LeaseElector implements LeaderElector {
  readonly #options: LeaderElectorOptions;
  readonly #deps: LeaderElectorDeps;
  readonly #lock: LeaseLock;
  readonly #gauge: Gauge;
  /** Monotonic time at which the last successful renewal was sent. The API server saw it later, so others count from later. */
  #renewedAt = 0;
  #leader: string | undefined;
  #isLeader = false;

  constructor(options: LeaderElectorOptions, deps: LeaderElectorDeps) {
    this.#options = options;
    this.#deps = {
      ...deps,
      log: deps.log.child({ lease: `${options.namespace}/${options.name}` }),
    };
    this.#lock = new LeaseLock(options, deps);
    this.#gauge = deps.metrics.gauge({
      name: 'leader_election_master_status',
      help: 'Whether this process holds the lease.',
      labelNames: ['name'],
    });
    this.#setLeading(false);
  }

  get isLeader(): boolean {
    return this.#isLeader;
  }

  get leader(): string | undefined {
    return this.#leader;
  }

  async run(lead: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (!(await this.#acquired(signal))) return;
      await this.#leadUntilEnd(lead, signal);
    }
  }

  /** True when we hold the lease, false when `signal` aborted. */
  async #acquired(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      if (await this.#attempt(this.#options.renewDeadlineMs, signal)) return true;
      await this.#pause(Number.POSITIVE_INFINITY, signal);
    }
    return false;
  }

  async #leadUntilEnd(
    lead: (signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    using term = linkedAbort(signal);
    using renewal = linkedAbort();
    this.#setLeading(true);
    const work = lead(term.signal).catch((error: unknown) => {
      if (!isAbort(error, term.signal)) throw error;
    });
    const ended = work.then(
      () => 'ended' as const,
      () => 'ended' as const,
    );
    try {
      if ((await Promise.race([ended, this.#renewUntilLost(renewal.signal)])) === 'lost') {
        term.abort(new HeadstartError('LEASE_LOST', 'the lease could not be renewed in time'));
        await this.#endInTime(ended);
      }
      await work;
    } finally {
      renewal.abort();
      this.#setLeading(false);
      await this.#release();
    }
  }

  /** Ends when the lease is lost, or when `signal` aborts. */
  async #renewUntilLost(signal: AbortSignal): Promise<'lost'> {
    while (!signal.aborted) {
      await this.#pause(this.#untilRenewDeadlineMs(), signal);
      const remainingMs = this.#untilRenewDeadlineMs();
      const renewed = remainingMs > 0 && (await this.#attempt(remainingMs, signal));
      if (renewed) continue;
      if (this.#untilRenewDeadlineMs() <= 0 || this.#leader !== this.#options.identity) break;
    }
    return 'lost';
  }

  #untilRenewDeadlineMs(): number {
    return this.#renewedAt + this.#options.renewDeadlineMs - this.#deps.clock.monotonicMs();
  }

  /** One try to take or renew, within `limitMs`. Failures are logged. */
  async #attempt(limitMs: number, signal: AbortSignal): Promise<boolean> {
    const { clock, log } = this.#deps;
    const sentAt = clock.monotonicMs();
    using limit = withDeadline(signal, limitMs, clock);
    try {
      const call = { signal: limit.signal, deadlineMs: this.#requestDeadlineMs };
      const outcome = await this.#lock.takeOrRenew(call);
      if (outcome.type === 'held') this.#renewedAt = sentAt;
      this.#setLeader(outcome.type === 'held' ? this.#options.identity : outcome.holder);
      return outcome.type === 'held';
    } catch (err) {
      if (!signal.aborted) log.warn('Lease could not be read or renewed', { err });
      return false;
    }
  }

  /** As in client-go: one hanging request must leave time for another. */
  get #requestDeadlineMs(): number {
    return this.#options.renewDeadlineMs / 2;
  }

  async #pause(limitMs: number, signal: AbortSignal): Promise<void> {
    const ms = this.#options.retryPeriodMs * (1 + JITTER * this.#deps.random());
    await this.#deps.clock.sleep(Math.min(ms, limitMs), signal).catch(() => {
      // Only the signal ends the sleep early, and the caller looks at it.
    });
  }

  /** Waits for the work to end, but not longer than until another may begin. */
  async #endInTime(ended: Promise<unknown>): Promise<void> {
    const { clock } = this.#deps;
    const remainingMs = this.#renewedAt + this.#options.leaseDurationMs - clock.monotonicMs();
    const lost = new HeadstartError('LEASE_LOST', 'the work of the lost term did not end in time');
    using limit = linkedAbort();
    const late = clock.sleep(remainingMs, limit.signal).then(
      () => 'late',
      () => 'ended',
    );
    const first = await Promise.race([ended, late]);
    limit.abort();
    if (first === 'late') throw lost;
  }

  async #release(): Promise<void> {
    try {
      await this.#lock.release({ deadlineMs: this.#requestDeadlineMs });
    } catch (err) {
      this.#deps.log.info('Lease was not given up; it will run out', { err });
    }
  }

  #setLeader(leader: string): void {
    if (leader === this.#leader) return;
    this.#leader = leader;
    this.#deps.log.info('Leader changed', { leader, self: this.#options.identity });
  }

  #setLeading(isLeader: boolean): void {
    this.#isLeader = isLeader;
    this.#gauge.set({ name: this.#options.name }, isLeader ? 1 : 0);
  }
}
