import type { ImageTagStatus } from '../api/node-image.ts';
import type { DownloadedBytes } from './containerd/download-progress.ts';
import type { FinalOutcome, PullTrouble } from './pull-task.ts';
import { cutMessage } from './redact.ts';
import type { WantedPull } from './wanted-pulls.ts';

/** The status of a tag through the life of its pull. */

/** Nobody pulls it yet. */
export function waitingStatus({
  tag,
  version,
}: Pick<WantedPull, 'tag' | 'version'>): ImageTagStatus {
  return { tag, version, phase: 'Waiting' };
}

/** The first attempt runs. */
export function startedStatus({ tag, version }: WantedPull, now: string): ImageTagStatus {
  return { tag, version, phase: 'Pulling', startTime: now };
}

/** It goes on, but not well. */
export function troubledStatus(status: ImageTagStatus, trouble: PullTrouble): ImageTagStatus {
  return { ...status, reason: trouble.reason, message: cutMessage(trouble.message) };
}

/** Its download went on. What is not there yet is never called all of it. */
export function advancedStatus(status: ImageTagStatus, bytes: DownloadedBytes): ImageTagStatus {
  const { bytesDone, bytesTotal } = bytes;
  const progress = bytesTotal === 0 ? 0 : Math.min(99, Math.floor((100 * bytesDone) / bytesTotal));
  const advanced = { ...status, progress, bytesDone, bytesTotal };
  // What went wrong before is worth more than what the numbers say too.
  if (status.reason !== undefined) return advanced;
  return { ...advanced, message: `pulled ${megabytes(bytesDone)} of ${megabytes(bytesTotal)} MB` };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

/** It has ended. One that never needed an attempt began when it ended. */
export function finalStatus(
  { reason: _reason, message: _message, ...status }: ImageTagStatus,
  outcome: FinalOutcome,
  now: string,
): ImageTagStatus {
  const ended = { startTime: now, ...status, completionTime: now };
  if (outcome.kind !== 'failed') {
    const { bytesTotal } = ended;
    const bytes = bytesTotal === undefined ? {} : { bytesDone: bytesTotal };
    return { ...ended, ...bytes, phase: 'Succeeded', progress: 100, imageID: outcome.imageID };
  }
  const { reason, message } = outcome;
  return { ...ended, phase: 'Failed', reason, message: cutMessage(message) };
}
