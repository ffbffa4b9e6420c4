import type { Clock } from '../../runtime/clock.ts';
import { CriError, UnimplementedError } from '../cri/cri-error.ts';
import type { RuntimeCall } from '../cri/unary.ts';
import type { ContentStore, Held, Lease } from './content-store.ts';

/** Names the image a lease of ours is for. Every lease with this label is ours, also one that another daemon on this node left. */
export const LEASE_LABEL = 'headstart/image';
/** containerd's own: from then on a lease holds nothing, even if nobody is left to delete it. */
const EXPIRY_LABEL = 'containerd.io/gc.expire';

/** How long bytes outlive an attempt that nobody follows up. */
const KEEP_MS = 3_600_000;
/** A timeout is whatever somebody wrote into a NodeImage, and dates end somewhere. */
const LONGEST_ATTEMPT_MS = 7 * 24 * 3_600_000;
/** Leases are rows of a local database; a store that takes longer hangs, and must not hold up a pull. */
const DEADLINE_MS = 2_000;

export interface PullLeaseOptions {
  /** The reference that is pulled. */
  readonly image: string;
  /** The attempt. */
  readonly call: RuntimeCall;
}

export interface PullLeaseDeps {
  /** Undefined while there is no runtime. */
  readonly store: ContentStore | undefined;
  readonly clock: Clock;
}

/**
 * Makes a lease for an attempt to pull, holding all that earlier attempts have downloaded, and returns its id. Undefined when the runtime
 * knows no leases or does not answer: a pull never fails for want of one. Rejects only when the signal aborts.
 */
export async function openPullLease(
  { image, call }: PullLeaseOptions,
  { store, clock }: PullLeaseDeps,
): Promise<string | undefined> {
  if (store === undefined) return undefined;
  const { signal } = call;
  try {
    const expiry = clock.now() + Math.min(call.deadlineMs, LONGEST_ATTEMPT_MS) + KEEP_MS;
    const labels = { [LEASE_LABEL]: image, [EXPIRY_LABEL]: new Date(expiry).toISOString() };
    // Together: a pull waits for them.
    const [leases, lease] = await Promise.all([
      store.leasesWith(LEASE_LABEL, { signal, deadlineMs: DEADLINE_MS }),
      store.createLease(labels, { signal, deadlineMs: DEADLINE_MS }),
    ]);
    const earlier = leases.filter(
      ({ id, labels: theirs }) => theirs[LEASE_LABEL] === image && id !== lease,
    );
    for (const { id } of earlier) await inherit(store, id, lease, signal);
    return lease;
  } catch (error) {
    signal.throwIfAborted();
    // The pull goes on without a lease: it is no worse than any other then.
    if (error instanceof CriError) return undefined;
    throw error;
  }
}

/** Lets go of what an attempt has downloaded. Rejects only when the signal aborts. */
export async function dropPullLease(
  lease: string | undefined,
  store: ContentStore | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (lease === undefined || store === undefined) return;
  try {
    await store.deleteLease(lease, { signal, deadlineMs: DEADLINE_MS });
  } catch (error) {
    signal.throwIfAborted();
    // It expires by itself, or goes with the next attempt.
    if (!(error instanceof CriError)) throw error;
  }
}

/** Deletes our leases of images that `isKept` does not want kept. */
export async function dropPullLeases(
  store: ContentStore,
  isKept: (image: string) => boolean,
  signal: AbortSignal,
): Promise<void> {
  const call = { signal, deadlineMs: DEADLINE_MS };
  for (const { id, labels } of await leasesIn(store, call)) {
    // Asked each time anew: an image may be wanted again while others are let go.
    if (!isKept(labels[LEASE_LABEL] ?? '')) await store.deleteLease(id, call);
  }
}

/** A runtime that knows no leases has none. */
async function leasesIn(store: ContentStore, call: RuntimeCall): Promise<readonly Lease[]> {
  try {
    return await store.leasesWith(LEASE_LABEL, call);
  } catch (error) {
    if (error instanceof UnimplementedError) return [];
    throw error;
  }
}

/** The new one holds everything before the old one lets go. */
async function inherit(
  store: ContentStore,
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<void> {
  const call = { signal, deadlineMs: DEADLINE_MS };
  for (const held of await store.heldBy(from, call)) {
    if (isOfUse(held)) await store.hold(to, held, call);
  }
  await store.deleteLease(from, call);
}

/** A snapshot that was being unpacked is unpacked afresh. */
function isOfUse({ type, id }: Held): boolean {
  return !(type.startsWith('snapshots/') && id.startsWith('extract-'));
}
