import { DEFAULT_BACKOFF_LIMIT, DEFAULT_TIMEOUT_SECONDS } from '../../api/defaults.ts';
import type { ImagePullJob, ImagePullPolicy, SandboxConfig } from '../../api/image-pull-job.ts';
import {
  type NodeImageEntryKey,
  nodeImageEntryOf,
  parseImageReference,
} from '../../api/image-reference.ts';
import type { ObjectReference } from '../../api/meta.ts';
import { GROUP, STORAGE_VERSION } from '../../api/names.ts';
import type { PullSecretReference, TagPullPolicy } from '../../api/node-image.ts';
import { mirrorReferences } from './mirrored-secret.ts';
import { deadlineSecondsOf } from './pull-deadline.ts';

/** As the peer: entries stay this much longer than they need, so that people can look at them. */
const EXTRA_TTL_SECONDS = 300;
/** As the peer: a daily pull may take half an hour. */
const NEVER_DEADLINE_SECONDS = 1_800;
const DAY_SECONDS = 86_400;
/** `ttlSecondsAfterFinished` is an int32 (W17). */
const MAX_SECONDS = 2 ** 31 - 1;

/** What a job asks of each of its nodes. */
export interface TagRequest extends NodeImageEntryKey {
  /** The job. */
  readonly uid: string;
  readonly owner: ObjectReference;
  readonly pullPolicy: TagPullPolicy;
  readonly imagePullPolicy: ImagePullPolicy;
  readonly sandboxConfig?: SandboxConfig;
  readonly pullSecrets: readonly PullSecretReference[];
}

function pullPolicyOf({ spec }: ImagePullJob): TagPullPolicy {
  const {
    type,
    activeDeadlineSeconds: wanted,
    ttlSecondsAfterFinished: ttl,
  } = spec.completionPolicy ?? {};
  const attempts = {
    timeoutSeconds: spec.pullPolicy?.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS,
    backoffLimit: spec.pullPolicy?.backoffLimit ?? DEFAULT_BACKOFF_LIMIT,
  };
  const enough = deadlineSecondsOf(attempts);
  const never = type === 'Never';
  const deadline = never ? Math.max(NEVER_DEADLINE_SECONDS, enough) : (wanted ?? enough);
  const ttlSeconds = never ? DAY_SECONDS : (ttl ?? deadline) + EXTRA_TTL_SECONDS;
  return {
    ...attempts,
    activeDeadlineSeconds: Math.min(deadline, MAX_SECONDS),
    ttlSecondsAfterFinished: Math.min(ttlSeconds, MAX_SECONDS),
  };
}

/**
 * The entry a job wants on its nodes; undefined when its image is no reference. The deadline is always finite, so that a node that
 * dies while pulling gives its slot back.
 */
export function tagRequestOf(job: ImagePullJob): TagRequest | undefined {
  const parsed = parseImageReference(job.spec.image);
  if (!parsed.ok) return undefined;
  const { name, namespace, uid } = job.metadata;
  const { sandboxConfig } = job.spec;
  return {
    ...nodeImageEntryOf(parsed.reference),
    uid: uid ?? '',
    owner: {
      apiVersion: `${GROUP}/${STORAGE_VERSION}`,
      kind: 'ImagePullJob',
      namespace: namespace ?? '',
      name,
      uid: uid ?? '',
    },
    pullPolicy: pullPolicyOf(job),
    imagePullPolicy: job.spec.imagePullPolicy ?? 'IfNotPresent',
    ...(sandboxConfig === undefined ? {} : { sandboxConfig }),
    pullSecrets: mirrorReferences(job),
  };
}
