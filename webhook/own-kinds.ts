import type { Advice } from '../api/advice.ts';
import { defaultImageListPullJob } from '../api/default-image-list-pull-job.ts';
import { defaultImagePullJob } from '../api/default-image-pull-job.ts';
import { defaultNodeImage } from '../api/default-node-image.ts';
import type { ImagePullJob } from '../api/image-pull-job.ts';
import { isJsonObject, type JsonObject, memberAt } from '../api/json.ts';
import type { Validation } from '../api/ratchet.ts';
import { validateImageListPullJob } from '../api/validate-image-list-pull-job.ts';
import { validateImagePullJob } from '../api/validate-image-pull-job.ts';
import { validateNodeImage } from '../api/validate-node-image.ts';
import { timestamp } from '../runtime/clock.ts';
import {
  type AdmissionDecision,
  type AdmissionRequest,
  ALLOWED,
  type Handler,
} from './admission.ts';
import { diff } from './json-patch.ts';
import { askAdvice, fitWarnings } from './warnings.ts';

/** What the webhooks know of a kind of ours. Each function takes any JSON. */
export interface OwnKind {
  /** `now` is RFC 3339; `old` is what stands there. The same object comes back when nothing is missing. */
  readonly fillIn: (object: JsonObject, now: string, old?: unknown) => unknown;
  readonly judge: (object: unknown, old?: unknown) => Validation;
  /** Asked about objects without violations. */
  readonly advise?: (object: unknown, advice: Advice) => readonly string[];
}

export const IMAGE_PULL_JOB: OwnKind = {
  fillIn: defaultImagePullJob,
  judge: validateImagePullJob,
  advise: (object, advice) => advice.imagePullJob(object as ImagePullJob),
};

export const IMAGE_LIST_PULL_JOB: OwnKind = {
  fillIn: defaultImageListPullJob,
  judge: validateImageListPullJob,
};

export const NODE_IMAGE: OwnKind = { fillIn: defaultNodeImage, judge: validateNodeImage };

/**
 * Fills in defaults, and denies already: the API server judges schema and CEL before it calls validating webhooks, and it says less,
 * one violation at a time.
 */
export function mutateOwnKind({ fillIn, judge, advise }: OwnKind): Handler {
  return ({ object, oldObject }, { advice, clock, log }) => {
    if (object === undefined || isGoing(object)) return ALLOWED;
    const filled = fillIn(object, timestamp(clock), oldObject);
    const decision = decide(judge(filled, oldObject));
    if (decision.type !== 'allowed') return decision;
    const told = advise === undefined ? [] : askAdvice(() => advise(filled, advice), log);
    return {
      type: 'allowed',
      patch: isJsonObject(filled) ? diff(object, filled) : [],
      warnings: fitWarnings([...decision.warnings, ...told]),
    };
  };
}

/** Repeats the rules, for mutators of others may have come after ours. */
export function validateOwnKind({ judge }: OwnKind): Handler {
  return ({ object, oldObject }) =>
    object === undefined || isGoing(object) ? ALLOWED : decide(judge(object, oldObject));
}

/** Denies when there are violations. */
export function decide({ errors, warnings }: Validation): AdmissionDecision {
  const fitting = fitWarnings(warnings);
  return errors.length > 0
    ? { type: 'denied', errors, warnings: fitting }
    : { type: 'allowed', warnings: fitting };
}

/** Nothing may stand in the way of removing a finalizer (W21). */
function isGoing(object: NonNullable<AdmissionRequest['object']>): boolean {
  return memberAt(object, 'metadata', 'deletionTimestamp') !== undefined;
}
