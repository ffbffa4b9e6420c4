import type { UserInfo } from '../http/user.ts';
import { isJsonObject } from '../objects/json.ts';
import { ApiError } from '../status/api-error.ts';

/** Kinds that are answered and not stored. Everybody who is let in may do everything. */
export interface ReviewKind {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
  readonly status: (user: UserInfo) => object;
}

const ALLOWED = (): object => ({ allowed: true });

export const REVIEW_KINDS: readonly ReviewKind[] = [
  {
    group: 'authorization.k8s.io',
    plural: 'selfsubjectaccessreviews',
    kind: 'SelfSubjectAccessReview',
    status: ALLOWED,
  },
  {
    group: 'authorization.k8s.io',
    plural: 'subjectaccessreviews',
    kind: 'SubjectAccessReview',
    status: ALLOWED,
  },
  {
    group: 'authentication.k8s.io',
    plural: 'selfsubjectreviews',
    kind: 'SelfSubjectReview',
    status: userInfo => ({ userInfo }),
  },
];

/** The review that answers a posted one. */
export function answerReview(review: ReviewKind, posted: unknown, user: UserInfo): object {
  if (!isJsonObject(posted)) {
    throw new ApiError(
      400,
      `the object provided is unrecognized (must be of type ${review.kind})`,
      {
        reason: 'BadRequest',
      },
    );
  }
  const apiVersion = `${review.group}/v1`;
  return { ...posted, apiVersion, kind: review.kind, metadata: {}, status: review.status(user) };
}
