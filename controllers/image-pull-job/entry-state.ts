import type { NodeImageEntryKey } from '../../api/image-reference.ts';
import type {
  ImageTagSpec,
  ImageTagStatus,
  NodeImage,
  TagOwner,
  TagResult,
} from '../../api/node-image.ts';
import { isFinalPhase } from '../../api/node-image.ts';
import { pullFailureReason } from '../../api/pull-failure.ts';
import { findTag } from '../node-image-writer/tag-edit.ts';
import type { DownloadedBytes } from './download-totals.ts';
import { deadlineSecondsOf } from './pull-deadline.ts';

/** Why a target failed. */
export interface Failure {
  /** CamelCase. */
  readonly reason: string;
  readonly message: string;
}

/** What a NodeImage says about the pull of one owner. Times are milliseconds since the epoch. */
export type EntryState =
  /** It has no entry there. */
  | { readonly kind: 'none' }
  | {
      readonly kind: 'pending';
      /** The daemon has taken note of the version. */
      readonly answered: boolean;
      /** The runtime is at it. */
      readonly started: boolean;
      readonly createdAtMs: number;
      /** How long the daemon may take, counted from its own start. */
      readonly deadlineMs: number;
      /** Absent where the runtime does not tell. */
      readonly bytes?: DownloadedBytes;
    }
  | {
      readonly kind: 'succeeded';
      readonly createdAtMs: number;
      readonly endedAtMs: number;
      readonly bytes?: DownloadedBytes;
    }
  | {
      readonly kind: 'failed';
      readonly failure: Failure;
      readonly createdAtMs: number;
      readonly endedAtMs: number;
    };

const time = (text: string | undefined): number => (text === undefined ? 0 : Date.parse(text));

/** The status of an entry, whatever its version. */
export function tagStatusOf(
  nodeImage: NodeImage,
  of: NodeImageEntryKey,
): ImageTagStatus | undefined {
  return nodeImage.status?.imageStatuses?.[of.name]?.tags.find(status => status.tag === of.tag);
}

/** The row of the owner `uid`; for entries that the peer wrote, what it stands for. */
export function ownerRow(entry: ImageTagSpec, uid: string): TagOwner | undefined {
  const owned = entry.ownerReferences?.some(owner => owner.uid === uid) ?? false;
  if (!owned) return undefined;
  return entry.owners?.find(owner => owner.uid === uid) ?? { uid, version: entry.version ?? 0 };
}

function failureOf(status: ImageTagStatus): Failure {
  return { reason: pullFailureReason(status), message: status.message ?? '' };
}

/** When it ended is forgotten; the entry was written again after that. */
function keptResult(result: TagResult, createdAtMs: number): EntryState {
  const ended = { createdAtMs, endedAtMs: createdAtMs };
  if (result.phase === 'Succeeded') return { kind: 'succeeded', ...ended };
  const { reason = 'PullFailed', message = '' } = result;
  return { kind: 'failed', failure: { reason, message }, ...ended };
}

function bytesOf({ bytesDone, bytesTotal }: ImageTagStatus): { bytes?: DownloadedBytes } {
  if (bytesDone === undefined || bytesTotal === undefined) return {};
  return { bytes: { doneBytes: bytesDone, totalBytes: bytesTotal } };
}

function finalState(status: ImageTagStatus, createdAtMs: number): EntryState {
  const endedAtMs = status.completionTime === undefined ? createdAtMs : time(status.completionTime);
  if (status.phase === 'Succeeded') {
    return { kind: 'succeeded', createdAtMs, endedAtMs, ...bytesOf(status) };
  }
  return { kind: 'failed', failure: failureOf(status), createdAtMs, endedAtMs };
}

function stateFrom(row: TagOwner, entry: ImageTagSpec, status?: ImageTagStatus): EntryState {
  const createdAtMs = time(entry.createdAt);
  if (row.result !== undefined) return keptResult(row.result, createdAtMs);
  // A result of an older version than the entry's came after that was raised: the next status will not show it any more.
  const awaited = Math.max(row.version, entry.version ?? 0);
  const answered = status !== undefined && (status.version ?? 0) >= awaited;
  if (answered && isFinalPhase(status.phase)) return finalState(status, createdAtMs);
  return {
    kind: 'pending',
    answered,
    started: answered && status.phase === 'Pulling',
    createdAtMs,
    deadlineMs: deadlineSecondsOf(entry.pullPolicy ?? {}) * 1000,
    ...(answered ? bytesOf(status) : {}),
  };
}

/**
 * Where the pull for the owner `uid` stands. Its result is the one that was kept when the version was raised, else the final status of the
 * entry's own version, which is at or above the one it waits for.
 */
export function entryState(nodeImage: NodeImage, of: NodeImageEntryKey, uid: string): EntryState {
  const entry = findTag(nodeImage.spec ?? {}, of);
  const row = entry === undefined ? undefined : ownerRow(entry, uid);
  if (entry === undefined || row === undefined) return { kind: 'none' };
  return stateFrom(row, entry, tagStatusOf(nodeImage, of));
}
