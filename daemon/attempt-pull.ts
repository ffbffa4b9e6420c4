import { canonicalName, type ImageReference, pullReference } from '../api/image-reference.ts';
import { type ObjectKey, objectKey } from '../api/meta.ts';
import { ANNOTATION_PULLING_BY, DAEMON_FIELD_MANAGER } from '../api/names.ts';
import type { PullFailureReason } from '../api/pull-failure.ts';
import type { Clock } from '../runtime/clock.ts';
import { withDeadline } from '../runtime/deadline.ts';
import type { DownloadedBytes } from './containerd/download-progress.ts';
import { followDownload } from './containerd/follow-download.ts';
import { dropPullLease, openPullLease } from './containerd/pull-lease.ts';
import type { CredentialSource, FoundCredentials } from './credentials/credential-source.ts';
import type { Credential } from './credentials/keyring.ts';
import { CriError } from './cri/cri-error.ts';
import type { ImageRuntime, PullRequest } from './cri/image-runtime.ts';
import type { RuntimeConnection } from './cri/runtime-connection.ts';
import type { RuntimeCall } from './cri/unary.ts';
import type { AttemptFailure } from './retry-policy.ts';
import type { WantedPull } from './wanted-pulls.ts';

/** How an attempt ended. */
export type AttemptResult =
  | { readonly kind: 'pulled'; readonly imageID: string }
  | ({ readonly kind: 'failed' } & AttemptFailure);

export interface AttemptDeps {
  readonly runtime: Omit<RuntimeConnection, 'run'>;
  readonly credentials: CredentialSource;
  readonly clock: Clock;
}

export interface AttemptOptions {
  readonly reference: ImageReference;
  readonly timeoutMs: number;
  /** Use no kept credentials. */
  readonly freshCredentials: boolean;
  /** Told now and then how far it is, where the runtime says so. */
  readonly onBytes: (bytes: DownloadedBytes) => void;
  readonly signal: AbortSignal;
}

/** What is found when the attempt's time is up first, as when a credential plugin hangs. */
const NOT_IN_TIME: FoundCredentials = {
  credentials: [],
  problems: ['credentials did not come in time'],
};

/** Asks for credentials and pulls, with each of them in turn. Rejects only when the signal aborts. */
export async function attemptPull(
  pull: WantedPull,
  options: AttemptOptions,
  deps: AttemptDeps,
): Promise<AttemptResult> {
  using deadline = withDeadline(options.signal, options.timeoutMs, deps.clock);
  const call = { signal: deadline.signal, deadlineMs: options.timeoutMs };
  let found = NOT_IN_TIME;
  const find = async (): Promise<void> => {
    found = await deps.credentials({
      repository: canonicalName(options.reference),
      pullSecrets: pull.pullSecrets,
      jobs: jobsOf(pull),
      fresh: options.freshCredentials,
      signal: deadline.signal,
    });
  };
  try {
    // Together: a pull waits for both.
    const [lease] = await Promise.all([openLease(pull, call, deps), find()]);
    const { credentials } = found;
    const imageRef = await download({ pull, credentials, lease, call }, options, deps);
    return { kind: 'pulled', imageID: imageIDOf(pull.name, imageRef) };
  } catch (error) {
    options.signal.throwIfAborted();
    if (deadline.expired) return failed(await expiry(pull, options, deps), found, true);
    if (error instanceof CriError) return failed(error, found, false);
    throw error;
  }
}

function jobsOf({ spec }: WantedPull): ObjectKey[] {
  return (spec.ownerReferences ?? []).map(({ name = '', namespace }) => objectKey(name, namespace));
}

/** Undefined where the runtime has none. What is downloaded under it outlives the attempt. */
function openLease(
  { name, tag }: WantedPull,
  call: RuntimeCall,
  { runtime, clock }: AttemptDeps,
): Promise<string | undefined> {
  const image = pullReference(name, tag);
  return openPullLease({ image, call }, { store: runtime.store, clock });
}

interface Download {
  readonly pull: WantedPull;
  readonly credentials: readonly Credential[];
  readonly lease: string | undefined;
  readonly call: RuntimeCall;
}

async function download(
  { pull, credentials, lease, call }: Download,
  { onBytes }: AttemptOptions,
  { runtime, clock }: AttemptDeps,
): Promise<string> {
  try {
    return await followDownload({ lease, onBytes }, { store: runtime.store, clock }, () =>
      pullWithAny({ ...requestOf(pull), lease }, credentials, call, runtime),
    );
  } catch (error) {
    // What did not fit must not keep the disk full until the next attempt.
    if (isDiskFull(error)) await dropPullLease(lease, runtime.store, call.signal);
    throw error;
  }
}

function isDiskFull(error: unknown): boolean {
  return error instanceof CriError && error.reason === 'DiskFull';
}

/** Failures that no other user of the registry could mend. */
const SAME_FOR_ALL: ReadonlySet<PullFailureReason> = new Set([
  'RuntimeUnavailable',
  'InvalidReference',
  'DiskFull',
]);

/** The first success wins; the last failure counts. Anonymous only without any credential, as kubelet. */
async function pullWithAny(
  request: PullRequest,
  credentials: readonly Credential[],
  call: RuntimeCall,
  runtime: ImageRuntime,
): Promise<string> {
  const [credential, ...others] = credentials;
  try {
    return await runtime.pullImage({ ...request, credential }, call);
  } catch (error) {
    call.signal.throwIfAborted();
    const isHopeless = error instanceof CriError && SAME_FOR_ALL.has(error.reason);
    if (isHopeless || others.length === 0) throw error;
  }
  return pullWithAny(request, others, call, runtime);
}

function requestOf({ name, tag, labels, annotations }: WantedPull): PullRequest {
  return {
    image: pullReference(name, tag),
    labels,
    annotations: { ...annotations, [ANNOTATION_PULLING_BY]: DAEMON_FIELD_MANAGER },
  };
}

/** The peer's form is `name@id`; a runtime that answers with a digest reference has said it all. */
export function imageIDOf(name: string, imageRef: string): string {
  return imageRef.includes('@') ? imageRef : `${name}@${imageRef}`;
}

/** Answers in milliseconds if it answers at all. */
const ALIVE_DEADLINE_MS = 3_000;

/** Why time was up: while the runtime hangs nobody could pull faster, so that is an outage, which costs no attempt. */
async function expiry(
  { name, tag }: WantedPull,
  { timeoutMs, signal }: AttemptOptions,
  { runtime }: AttemptDeps,
): Promise<CriError> {
  try {
    await runtime.version({ signal, deadlineMs: ALIVE_DEADLINE_MS });
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    return new CriError('RuntimeUnavailable', error.message);
  }
  const message = `pulling ${pullReference(name, tag)} took longer than ${timeoutMs / 1000} s`;
  return new CriError('Timeout', message);
}

/** What was wrong with the credentials comes first: it is short, and likely the cause. */
function failed(
  { reason, message }: CriError,
  { problems, absence }: FoundCredentials,
  isExpired: boolean,
): AttemptResult {
  const missing = reason === 'Unauthorized' && absence !== undefined ? [absence] : [];
  const text = [...problems, ...missing, message].join('; ');
  return { kind: 'failed', reason, message: text, timedOut: isExpired };
}
