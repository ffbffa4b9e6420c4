import type { ImageTagStatus } from './node-image.ts';

/** Why a pull failed, as jobs and metrics group it. */
export const PULL_FAILURE_REASONS = [
  'Unauthorized',
  'NotFound',
  'InvalidReference',
  'InvalidSpec',
  'RateLimited',
  'DiskFull',
  'InsufficientDisk',
  'RuntimeUnavailable',
  'NodeUnavailable',
  'Timeout',
  'DeadlineExceeded',
  'PullFailed',
] as const;
export type PullFailureReason = (typeof PULL_FAILURE_REASONS)[number];

/**
 * What runtimes, registries and the peer's components write, first match wins. Registries that hide private repositories say
 * "access denied, or does not exist", so access comes before existence.
 */
const BY_MESSAGE: readonly (readonly [PullFailureReason, RegExp])[] = [
  ['NodeUnavailable', /node has not responded/i],
  ['DeadlineExceeded', /exceeds the activeDeadlineSeconds/i],
  [
    'InvalidReference',
    /couldn't parse image name|invalid reference|parse image reference|code = InvalidArgument/i,
  ],
  ['RateLimited', /toomanyrequests|too many requests|rate limit/i],
  [
    'Unauthorized',
    /unauthorized|forbidden|access denied|authorization failed|authentication required|code = (?:Unauthenticated|PermissionDenied)/i,
  ],
  ['DiskFull', /no space left on device|disk quota exceeded/i],
  ['NotFound', /code = NotFound|not found|manifest unknown|name unknown|does not exist/i],
  [
    'RuntimeUnavailable',
    /code = Unavailable|no connection established|connection dropped|containerd\.sock|crio\.sock/i,
  ],
  ['Timeout', /is canceled$|timed? ?out|i\/o timeout|deadline exceeded|code = DeadlineExceeded/i],
];

/** Sorts the text of a failure; `PullFailed` when nothing in it is known. Quoted parts are names of images and addresses and say nothing. */
export function reasonOfMessage(message: string): PullFailureReason {
  const text = message.replace(/"[^"]*"/g, '""');
  return BY_MESSAGE.find(([, pattern]) => pattern.test(text))?.[0] ?? 'PullFailed';
}

/** Why a tag failed: what the daemon said, or, when it gives no reason (the peer's), what its message tells. */
export function pullFailureReason(status: ImageTagStatus): string {
  return status.reason !== undefined && status.reason !== ''
    ? status.reason
    : reasonOfMessage(status.message ?? '');
}
