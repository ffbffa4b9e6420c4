import type { ImagePullJob } from '../../api/image-pull-job.ts';
import type { ImageTagSpec } from '../../api/node-image.ts';
import type { JobBook } from './job-book.ts';
import { isFull } from './objects.ts';
import { hasImage, standingOf } from './standing.ts';
import { hasDaemon, PATIENCE_MS, targetsOf, unavailableSince } from './targets.ts';
import type { Truth } from './truth.ts';

type Count = 'active' | 'waiting' | 'unavailable' | 'succeeded' | 'failed';

/** The counters of a job in one line. */
interface Summary extends Readonly<Record<Count, number>> {
  readonly desired: number;
  readonly failedNodes: readonly string[];
  readonly over: boolean;
}

const render = ({ over, failedNodes, ...counts }: Summary): string => {
  const numbers = Object.entries(counts).map(([name, value]) => `${value} ${name}`);
  return `${numbers.join(', ')}, [${failedNodes.join(' ')}], ${over ? 'over' : 'running'}`;
};

/** What the status of a job says, in one line. */
export function summaryOf({ status }: ImagePullJob): string {
  return render({
    desired: status?.desired ?? 0,
    active: status?.active ?? 0,
    waiting: status?.waiting ?? 0,
    unavailable: status?.unavailable ?? 0,
    succeeded: status?.succeeded ?? 0,
    failed: status?.failed ?? 0,
    failedNodes: status?.failedNodes ?? [],
    over: status?.completionTime !== undefined,
  });
}

/** What a finished job says stays; that it took note of an edit may be said. */
export const withoutGenerations = (status: unknown): string =>
  JSON.stringify(status, (key, value: unknown) => (key === 'observedGeneration' ? 0 : value));

/** What the status of a job has to say, counted anew from everything there is, in the same form. */
export function recount(job: ImagePullJob, { truth, book, nowMs }: Ledger): string {
  const targets = targetsOf(job, truth);
  const names = new Set([...targets, ...truth.nodeImages.keys()]);
  const by: Record<Count, string[]> = {
    active: [],
    waiting: [],
    unavailable: [],
    succeeded: [],
    failed: [],
  };
  for (const name of [...names].sort()) {
    const count = countOf(name, { job, truth, book, nowMs, isTarget: targets.has(name) });
    if (count !== undefined) by[count].push(name);
  }
  const desired = Object.values(by).reduce((sum, group) => sum + group.length, 0);
  const cutOff = job.status?.conditions?.some(({ reason }) => reason === 'DeadlineExceeded');
  if (cutOff === true) {
    by.failed.push(...by.active.splice(0), ...by.waiting.splice(0), ...by.unavailable.splice(0));
  }
  const { active, waiting, unavailable, succeeded, failed } = by;
  const unfinished = active.length + waiting.length + unavailable.length;
  return render({
    desired,
    active: active.length,
    waiting: waiting.length,
    unavailable: unavailable.length,
    succeeded: succeeded.length,
    failed: failed.length,
    failedNodes: failed.sort(),
    over: unfinished === 0 && job.spec.completionPolicy.type !== 'Never',
  });
}

/** As times in objects are. */
const wholeSeconds = (ms: number): number => Math.floor(ms / 1000) * 1000;

/** Whether the credentials changed after the pull was asked for. */
function hasNewSecrets({ createdAt = '' }: ImageTagSpec, { mirroredMs }: JobBook): boolean {
  return wholeSeconds(mirroredMs) > Date.parse(createdAt);
}

/** What a recount is made from. */
export interface Ledger {
  readonly truth: Truth;
  readonly book: JobBook;
  readonly nowMs: number;
}

interface Place extends Ledger {
  readonly job: ImagePullJob;
  readonly isTarget: boolean;
}

/** A target with new credentials: it waits for its second pull, or for its node, but an Always job for that no longer than ten minutes. */
function countOfSecond({ job, truth, book, nowMs }: Place, name: string): Count {
  const sinceMs = unavailableSince(truth.nodes.get(name));
  if (sinceMs === undefined) return 'waiting';
  const startedMs = Date.parse(job.status?.startTime ?? '') || 0;
  const lateMs = Math.max(sinceMs, startedMs, wholeSeconds(book.mirroredMs)) + PATIENCE_MS;
  return job.spec.completionPolicy.type === 'Always' && lateMs <= nowMs ? 'failed' : 'unavailable';
}

function countOf(name: string, place: Place): Count | undefined {
  const { job, truth, book, isTarget } = place;
  const nodeImage = truth.nodeImages.get(name);
  const node = truth.nodes.get(name);
  const standing = standingOf(nodeImage, book.image, book.uid);
  if (standing.kind === 'pending') return 'active';
  if (standing.kind === 'failed' && isTarget && hasNewSecrets(standing.entry, book)) {
    return countOfSecond(place, name);
  }
  if (standing.kind !== 'none') return standing.kind;
  if (!isTarget) return undefined;
  if (nodeImage === undefined) return hasDaemon(node) ? 'unavailable' : 'failed';
  const known = book.nodes.get(nodeImage.metadata.uid ?? '');
  const named = job.status?.failedNodes?.includes(name) ?? false;
  if (known?.ended === 'given up' || (known?.refused === true && named)) return 'failed';
  if (isFull(nodeImage.spec?.images) && !hasImage(nodeImage, book.image)) return 'failed';
  return unavailableSince(node) === undefined ? 'waiting' : 'unavailable';
}
