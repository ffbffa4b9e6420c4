import type { TargetCounts } from './progress.ts';

/** How much nodes have downloaded, over those whose runtime tells. */
export interface DownloadedBytes {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** A job's downloads. */
export interface DownloadTotals extends DownloadedBytes {
  /** Of the targets that pull now, each as its share of an image: two that are half done make 1. */
  readonly activeShares: number;
}

/** What a job says of its downloads; what is not known is left out. */
export interface DownloadStatus {
  readonly bytesDone?: number;
  readonly bytesTotal?: number;
  readonly estimatedCompletionTime?: string;
}

export interface DownloadFacts {
  readonly counts: TargetCounts;
  readonly totals: DownloadTotals;
  readonly startedMs: number;
  readonly nowMs: number;
  /** It pulls, and will end. */
  readonly isMoving: boolean;
}

/** Below that a pace says nothing about the rest. */
const MIN_SHARE = 0.1;
const MIN_ELAPSED_MS = 5_000;

/** Totals of the nodes that tell, and when the job will have ended if it goes on as it did so far. */
export function downloadStatus(facts: DownloadFacts): DownloadStatus {
  const { doneBytes, totalBytes } = facts.totals;
  const endMs = estimatedEndMs(facts);
  return {
    ...(totalBytes === 0 ? {} : { bytesDone: doneBytes, bytesTotal: totalBytes }),
    ...(endMs === undefined ? {} : { estimatedCompletionTime: toTimestamp(endMs) }),
  };
}

/** Nobody knows when a node will be there again that is not, so then there is no estimate. */
function estimatedEndMs({
  counts,
  totals,
  startedMs,
  nowMs,
  isMoving,
}: DownloadFacts): number | undefined {
  if (!isMoving || counts.unavailable > 0 || counts.desired === 0) return undefined;
  const done = counts.succeeded + counts.failed + totals.activeShares;
  const share = done / counts.desired;
  const elapsedMs = nowMs - startedMs;
  if (share < MIN_SHARE || elapsedMs < MIN_ELAPSED_MS) return undefined;
  return nowMs + (elapsedMs * (1 - share)) / share;
}

function toTimestamp(ms: number): string {
  return new Date(Math.ceil(ms / 1000) * 1000).toISOString().replace('.000', '');
}
