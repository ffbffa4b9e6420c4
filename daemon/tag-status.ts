import type { ImageTagStatus } from '../api/node-image.ts';
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

/** It has ended. One that never needed an attempt began when it ended. */
export function finalStatus(
  { reason: _reason, message: _message, ...status }: ImageTagStatus,
  outcome: FinalOutcome,
  now: string,
): ImageTagStatus {
  const ended = { startTime: now, ...status, completionTime: now };
  if (outcome.kind !== 'failed') {
    return { ...ended, phase: 'Succeeded', progress: 100, imageID: outcome.imageID };
  }
  const { reason, message } = outcome;
  return { ...ended, phase: 'Failed', reason, message: cutMessage(message) };
}
