import { linkedAbort } from '../../runtime/abort.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { ContentStore } from './content-store.ts';
import { type DownloadedBytes, DownloadProgress } from './download-progress.ts';

export interface FollowedDownload {
  /** Undefined: nobody can tell how far it is. */
  readonly lease: string | undefined;
  readonly onBytes: (bytes: DownloadedBytes) => void;
}

export interface FollowDeps {
  readonly store: ContentStore | undefined;
  readonly clock: Clock;
}

/** A pull that ends before has nothing to tell; one that goes on longer makes its first status write just after. */
const FIRST_LOOK_MS = 2_500;
/** Then every few seconds; of a pull that takes long each look says as much as a tenth of what went before. */
const LOOK_EVERY_MS = 5_000;
const LOOK_EVERY_SHARE = 0.1;
const DEADLINE_MS = 2_000;

/** Does `work`, which downloads under the lease, and tells meanwhile how far it is. Settles as `work` does. */
export async function followDownload<T>(
  { lease, onBytes }: FollowedDownload,
  { store, clock }: FollowDeps,
  work: () => Promise<T>,
): Promise<T> {
  if (lease === undefined || store === undefined) return work();
  using watching = linkedAbort();
  const progress = new DownloadProgress(store, lease);
  const looking = look(progress, onBytes, clock, watching.signal);
  try {
    return await work();
  } finally {
    watching.abort();
    await looking;
  }
}

/** Never rejects for what stores do; ends when the signal aborts. */
async function look(
  progress: DownloadProgress,
  onBytes: (bytes: DownloadedBytes) => void,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const startedAtMs = clock.monotonicMs();
  try {
    await clock.sleep(FIRST_LOOK_MS, signal);
    for (;;) {
      const bytes = await progress.sample({ signal, deadlineMs: DEADLINE_MS });
      if (bytes !== undefined) onBytes(bytes);
      const elapsedMs = clock.monotonicMs() - startedAtMs;
      await clock.sleep(Math.max(LOOK_EVERY_MS, elapsedMs * LOOK_EVERY_SHARE), signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
