import type { Lease } from '../api/core.ts';
import { LEASES } from '../api/resources.ts';
import type { Clock } from '../runtime/clock.ts';
import type { KubeClient } from './kube-client.ts';
import { isAlreadyExists, isConflict, isNotFound } from './kube-error.ts';

export interface LeaseLockOptions {
  readonly namespace: string;
  readonly name: string;
  /** Who we are; unique to this process. */
  readonly identity: string;
  /** Nobody takes a lease from its holder before it was silent for this long. */
  readonly leaseDurationMs: number;
}

/** How a try to take or renew the lease ended. */
export type LeaseOutcome =
  | { readonly type: 'held' }
  | { readonly type: 'heldByOther'; readonly holder: string };

/**
 * A Lease object as a lock. Whether the holder is silent is measured on our own monotonic clock from the moment we saw its last
 * renewal; clocks of two machines are never compared.
 */
export class LeaseLock {
  readonly #options: LeaseLockOptions;
  readonly #client: KubeClient;
  readonly #clock: Clock;
  /** What we saw last; undefined makes the next try read it. */
  #lease: Lease | undefined;
  #observed: { readonly record: string; readonly at: number } | undefined;

  constructor(options: LeaseLockOptions, deps: { client: KubeClient; clock: Clock }) {
    this.#options = options;
    this.#client = deps.client;
    this.#clock = deps.clock;
  }

  /** Takes the lease when it is free, renews it when it is ours. Throws KubeError when the API server does not answer well. */
  async takeOrRenew(call: { signal?: AbortSignal; deadlineMs: number }): Promise<LeaseOutcome> {
    // A conflict means that somebody wrote since we read, so read and judge once more; after that let time pass.
    return (await this.#try(call)) ?? (await this.#try(call)) ?? this.#heldByOther();
  }

  /** Gives the lease up so that another may take it at once. */
  async release(call: { deadlineMs: number }): Promise<void> {
    const spec = this.#lease?.spec;
    if (spec?.holderIdentity !== this.#options.identity) return;
    const now = this.#now();
    const free = { holderIdentity: '', leaseDurationSeconds: 1, acquireTime: now, renewTime: now };
    await this.#patch({ ...spec, ...free }, call);
    this.#lease = undefined;
  }

  /** Undefined when somebody else wrote first. */
  async #try(call: {
    signal?: AbortSignal;
    deadlineMs: number;
  }): Promise<LeaseOutcome | undefined> {
    const { namespace, name } = this.#options;
    // Our own lease is renewed from the copy of the last renewal; others' may have changed.
    if (this.#lease?.spec?.holderIdentity !== this.#options.identity) {
      this.#observe(await this.#client.get(LEASES, { namespace, name }, call));
    }
    if (this.#lease === undefined) return this.#write(() => this.#create(call));
    if (!this.#mayTake(this.#lease)) return this.#heldByOther();
    const spec = this.#claim(this.#lease);
    return this.#write(() => this.#patch(spec, call));
  }

  async #write(write: () => Promise<Lease>): Promise<LeaseOutcome | undefined> {
    try {
      this.#observe(await write());
      return { type: 'held' };
    } catch (error) {
      this.#lease = undefined;
      if (isConflict(error) || isAlreadyExists(error) || isNotFound(error)) return undefined;
      throw error;
    }
  }

  #observe(lease: Lease | undefined): void {
    this.#lease = lease;
    const record = JSON.stringify(lease?.spec ?? {});
    if (record !== this.#observed?.record) {
      this.#observed = { record, at: this.#clock.monotonicMs() };
    }
  }

  #mayTake({ spec }: Lease): boolean {
    const holder = spec?.holderIdentity ?? '';
    if (holder === '' || holder === this.#options.identity) return true;
    const seconds = spec?.leaseDurationSeconds;
    const durationMs = seconds === undefined ? this.#options.leaseDurationMs : seconds * 1000;
    return this.#clock.monotonicMs() >= (this.#observed?.at ?? 0) + durationMs;
  }

  #claim({ spec }: Lease): NonNullable<Lease['spec']> {
    const { identity } = this.#options;
    const now = this.#now();
    const ours = spec?.holderIdentity === identity;
    const transitions = spec?.leaseTransitions ?? 0;
    return {
      ...spec,
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(this.#options.leaseDurationMs / 1000),
      acquireTime: (ours ? spec.acquireTime : undefined) ?? now,
      renewTime: now,
      leaseTransitions: ours ? transitions : transitions + 1,
    };
  }

  #create(call: { signal?: AbortSignal; deadlineMs: number }): Promise<Lease> {
    const { namespace, name } = this.#options;
    const spec = { ...this.#claim({ metadata: { name } }), leaseTransitions: 0 };
    return this.#client.create(LEASES, { metadata: { name, namespace }, spec }, call);
  }

  #patch(
    spec: NonNullable<Lease['spec']>,
    call: { signal?: AbortSignal; deadlineMs: number },
  ): Promise<Lease> {
    const { namespace, name } = this.#options;
    const value = this.#lease?.metadata.resourceVersion;
    const operations = [
      { op: 'replace', path: '/metadata/resourceVersion', value },
      { op: 'add', path: '/spec', value: spec },
    ] as const;
    return this.#client.patch(LEASES, { namespace, name }, { type: 'json', operations }, call);
  }

  #heldByOther(): LeaseOutcome {
    return { type: 'heldByOther', holder: this.#lease?.spec?.holderIdentity ?? '' };
  }

  /** metav1.MicroTime. */
  #now(): string {
    return new Date(this.#clock.now()).toISOString().replace('Z', '000Z');
  }
}
