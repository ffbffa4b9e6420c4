import type { NodeImage } from '../../api/node-image.ts';
import { fullRefusal, isFull } from './assign-tag.ts';
import type { Availability } from './availability.ts';
import type { DownloadedBytes } from './download-totals.ts';
import type { EntryState, Failure } from './entry-state.ts';
import type { ReleaseOf } from './keep-tag.ts';
import { repullAfterMs } from './repull.ts';
import type { TagRequest } from './tag-request.ts';

/** As the peer: after ten minutes without a sign of life nobody waits for a node any longer. */
export const SILENCE_MS = 10 * 60_000;

/** Where one node stands with one job. `recheckAtMs`: when it must be looked at again though nothing happens. */
export type TargetState =
  /** Wants a slot. `again`: our pull ended and is due once more. */
  | { readonly kind: 'waiting'; readonly again: boolean }
  /** Can't pull now; takes no slot. */
  | { readonly kind: 'unavailable'; readonly why: string; readonly recheckAtMs?: number }
  /** Assigned, and not ended. */
  | { readonly kind: 'active'; readonly recheckAtMs?: number; readonly bytes?: DownloadedBytes }
  /** Its entry has to go. `failure`: it ends as failed once that is done; without, it is no target any longer. */
  | {
      readonly kind: 'leaving';
      readonly release: ReleaseOf;
      readonly holdsSlot: boolean;
      readonly failure?: Failure;
    }
  | { readonly kind: 'succeeded'; readonly recheckAtMs?: number; readonly bytes?: DownloadedBytes }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly recheckAtMs?: number };

/** What the job itself adds to the facts of each node. */
export interface JobFacts {
  readonly request: TagRequest;
  /** Every node ends in an Always job; in a Never job it gets another chance. */
  readonly never: boolean;
  /** When the job started to wait, milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** The selection was edited: nodes that it does not hold lose the entry, whatever its state. */
  readonly edited: boolean;
  /** Pulls that failed on entries made before this are tried again: the credentials changed. */
  readonly secretsUpdatedAtMs: number;
}

/** What is known of one node when its state is decided. */
export interface TargetFacts {
  readonly name: string;
  readonly selected: boolean;
  /** Absent also when it is being deleted. */
  readonly nodeImage?: NodeImage;
  readonly entry: EntryState;
  readonly availability: Availability;
  /** When a Node was made whose NodeImage is still to come, milliseconds since the epoch. */
  readonly expectedSinceMs?: number;
  /** A failure that no entry remembers, until `untilMs` if that is given. */
  readonly remembered?: { readonly failure: Failure; readonly untilMs?: number };
}

interface Question {
  readonly job: JobFacts;
  readonly target: TargetFacts;
  readonly nowMs: number;
}

type Decision = { readonly state: TargetState | undefined } | undefined;

/** The questions that decide a state, in order; the first that knows the answer wins. */
const QUESTIONS: readonly ((question: Question) => Decision)[] = [
  entryNoLongerWanted,
  pullEnded,
  pullSilent,
  podMovedOn,
  pullRuns,
  notSelected,
  nodeMissing,
  failureRemembered,
  nodeFull,
  nodeUnavailable,
];

/** The state of a target; undefined when the node is none. */
export function targetState(question: Question): TargetState | undefined {
  for (const ask of QUESTIONS) {
    const decision = ask(question);
    if (decision !== undefined) return decision.state;
  }
  return { kind: 'waiting', again: false };
}

function entryNoLongerWanted({ job, target }: Question): Decision {
  if (!job.edited || target.selected || target.entry.kind === 'none') return undefined;
  const holdsSlot = target.entry.kind === 'pending';
  return { state: { kind: 'leaving', release: 'any', holdsSlot } };
}

function pullEnded({ job, target, nowMs }: Question): Decision {
  const { entry } = target;
  if (entry.kind !== 'succeeded' && entry.kind !== 'failed') return undefined;
  if (entry.kind === 'failed' && target.selected && entry.createdAtMs < job.secretsUpdatedAtMs) {
    return pullAgain({ job, target, nowMs }, job.secretsUpdatedAtMs);
  }
  const daily = job.never && target.selected;
  const recheckAtMs = entry.endedAtMs + (daily ? repullAfterMs(job.request.uid, target.name) : 0);
  if (daily && recheckAtMs <= nowMs) return pullAgain({ job, target, nowMs }, recheckAtMs);
  const recheck = daily ? { recheckAtMs } : {};
  return entry.kind === 'succeeded'
    ? { state: { kind: 'succeeded', ...recheck, ...bytesOf(entry) } }
    : { state: { kind: 'failed', failure: entry.failure, ...recheck } };
}

/** A result stands until the node can do better, which is due since `dueAtMs`. */
function pullAgain(question: Question, dueAtMs: number): Decision {
  const { availability } = question.target;
  if (availability.available) return { state: { kind: 'waiting', again: true } };
  return { state: waitForNode(question, { ...availability, dueAtMs }) };
}

function unresponsive(name: string, what: string): Failure {
  return { reason: 'NodeUnavailable', message: `node ${name} ${what}` };
}

/** When a pending pull counts as lost, and what that failure is. */
function lostAt({ job, target, nowMs }: Question): { atMs: number; failure: Failure } | undefined {
  const { entry, availability, name } = target;
  if (entry.kind !== 'pending') return undefined;
  const patience = entry.answered ? entry.deadlineMs + SILENCE_MS : SILENCE_MS;
  const what = entry.answered
    ? 'did not end the pull within its deadline'
    : 'has not responded for 10 minutes';
  const silent = { atMs: entry.createdAtMs + patience, failure: unresponsive(name, what) };
  if (availability.available) return silent;
  const unavailableSinceMs = Math.max(availability.sinceMs, entry.createdAtMs, job.startedAtMs);
  const atMs = unavailableSinceMs + SILENCE_MS;
  if (silent.atMs <= Math.min(atMs, nowMs)) return silent;
  const failure = unresponsive(name, `is unavailable for 10 minutes: ${availability.why}`);
  return atMs < silent.atMs ? { atMs, failure } : silent;
}

function pullSilent(question: Question): Decision {
  const lost = lostAt(question);
  if (lost === undefined || lost.atMs > question.nowMs) return undefined;
  const { failure } = lost;
  return { state: { kind: 'leaving', release: 'pending', holdsSlot: true, failure } };
}

/** A pull that has not started is not worth starting once its pod is elsewhere; one that has may end. */
function podMovedOn({ target }: Question): Decision {
  if (target.selected || target.entry.kind !== 'pending' || target.entry.started) return undefined;
  return { state: { kind: 'leaving', release: 'unstarted', holdsSlot: true } };
}

function pullRuns(question: Question): Decision {
  const lost = lostAt(question);
  if (lost === undefined) return undefined;
  return { state: { kind: 'active', recheckAtMs: lost.atMs, ...bytesOf(question.target.entry) } };
}

function bytesOf(entry: EntryState): { bytes?: DownloadedBytes } {
  return 'bytes' in entry ? { bytes: entry.bytes } : {};
}

function notSelected({ target }: Question): Decision {
  return target.selected ? undefined : { state: undefined };
}

function nodeMissing({ job, target, nowMs }: Question): Decision {
  if (target.nodeImage !== undefined) return undefined;
  if (target.expectedSinceMs !== undefined) {
    const recheckAtMs = Math.max(target.expectedSinceMs, job.startedAtMs) + SILENCE_MS;
    if (recheckAtMs > nowMs || job.never) {
      const why = 'the node has just been added';
      return { state: { kind: 'unavailable', why, ...(job.never ? {} : { recheckAtMs }) } };
    }
    const failure = unresponsive(target.name, 'has had no NodeImage for 10 minutes');
    return { state: { kind: 'failed', failure } };
  }
  const message = `node ${target.name} does not exist or runs no daemon`;
  return { state: { kind: 'failed', failure: { reason: 'NodeNotFound', message } } };
}

function failureRemembered({ target, nowMs }: Question): Decision {
  const { remembered } = target;
  if (remembered === undefined) return undefined;
  const { failure, untilMs } = remembered;
  if (untilMs !== undefined && untilMs <= nowMs) return undefined;
  const recheck = untilMs === undefined ? {} : { recheckAtMs: untilMs };
  return { state: { kind: 'failed', failure, ...recheck } };
}

function nodeFull({ job, target }: Question): Decision {
  const { nodeImage } = target;
  if (nodeImage === undefined || !isFull(nodeImage, job.request.name)) return undefined;
  return { state: { kind: 'failed', failure: fullRefusal(nodeImage, job.request) } };
}

function nodeUnavailable(question: Question): Decision {
  const { availability } = question.target;
  if (availability.available) return undefined;
  return { state: waitForNode(question, { ...availability, dueAtMs: 0 }) };
}

/** A node that can't do what is due since `dueAtMs`. An Always job ends without it after ten minutes. */
function waitForNode(
  { job, target, nowMs }: Question,
  { sinceMs, why, dueAtMs }: { sinceMs: number; why: string; dueAtMs: number },
): TargetState {
  const recheckAtMs = Math.max(sinceMs, job.startedAtMs, dueAtMs) + SILENCE_MS;
  if (job.never) return { kind: 'unavailable', why };
  if (recheckAtMs > nowMs) return { kind: 'unavailable', why, recheckAtMs };
  const failure = unresponsive(target.name, `is unavailable for 10 minutes: ${why}`);
  return { kind: 'failed', failure };
}
