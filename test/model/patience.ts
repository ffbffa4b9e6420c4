import type { Node } from '../../api/core.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import type { Standing } from './standing.ts';
import { PATIENCE_MS, unavailableSince } from './targets.ts';

/** When a manager may have seen a job first: a moment before its status says that it waits. */
export const createdMsOf = ({ metadata }: ImagePullJob): number =>
  Date.parse(metadata.creationTimestamp ?? '');

/** Whether a node has been unable to pull for so long that a job gives up on it; `sinceMs`: not counted before. */
export function isOutOfPatience(
  node: Node | undefined,
  { sinceMs, nowMs }: { readonly sinceMs: number; readonly nowMs: number },
): boolean {
  const unavailableMs = unavailableSince(node);
  return unavailableMs !== undefined && Math.max(unavailableMs, sinceMs) + PATIENCE_MS <= nowMs;
}

/** Whether a pull has been silent, or its node away, for so long that the job gives up on it. */
export function isPullLate(
  { entry, answered }: Extract<Standing, { kind: 'pending' }>,
  { node, job, nowMs }: { readonly node: Node | undefined; job: ImagePullJob; nowMs: number },
): boolean {
  const createdMs = Date.parse(entry.createdAt ?? '');
  const pullMs = answered ? (entry.pullPolicy?.activeDeadlineSeconds ?? 0) * 1000 : 0;
  if (createdMs + pullMs + PATIENCE_MS <= nowMs) return true;
  return isOutOfPatience(node, { sinceMs: Math.max(createdMs, createdMsOf(job)), nowMs });
}
