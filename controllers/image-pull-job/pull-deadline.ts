import { DEFAULT_BACKOFF_LIMIT, DEFAULT_TIMEOUT_SECONDS } from '../../api/defaults.ts';
import type { TagPullPolicy } from '../../api/node-image.ts';

/** Waits between attempts are at most 30 s on a node. */
const WAIT_SECONDS = 30;
/** For the time a pull waits in the queue of its node. */
const SLACK_SECONDS = 300;

/** Seconds that a pull with its retries may take: what the policy says, else enough for all attempts. Always finite (W2). */
export function deadlineSecondsOf(policy: TagPullPolicy): number {
  const timeoutSeconds = policy.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
  const backoffLimit = policy.backoffLimit ?? DEFAULT_BACKOFF_LIMIT;
  const attempts = timeoutSeconds * (backoffLimit + 1) + WAIT_SECONDS * backoffLimit;
  return policy.activeDeadlineSeconds ?? attempts + SLACK_SECONDS;
}
