import { selectorWarnings } from './check-node-selector.ts';
import { checkImage, checkPullJobTemplate } from './check-pull-job-template.ts';
import { defaultImagePullJob } from './default-image-pull-job.ts';
import { mustBe } from './field-checks.ts';
import type { FieldError, Violation } from './field-error.ts';
import { isJsonObject, memberAt, sameJson } from './json.ts';
import { ratchet, type Validation } from './ratchet.ts';

/**
 * Judges an ImagePullJob, with the stored one on update. Takes any JSON, never throws, reports every violation at once
 * (behaviour 2; the CRD says the same in CEL). Absent fields count with their defaults. What was wrong before only warns.
 */
export function validateImagePullJob(object: unknown, old?: unknown): Validation {
  const spec = specOf(object);
  const oldSpec = specOf(old);
  const { errors, warnings } = ratchet(check(spec), old == null ? [] : check(oldSpec));
  return {
    errors: [...(old == null ? [] : changedForGood(spec, oldSpec)), ...errors],
    warnings: [...warnings, ...selectorWarnings(spec, oldSpec)],
  };
}

function specOf(object: unknown): unknown {
  return memberAt(defaultImagePullJob(object), 'spec');
}

function check(spec: unknown): Violation[] {
  if (!isJsonObject(spec)) return mustBe('an object with an image', spec, 'spec');
  return [...checkImage(memberAt(spec, 'image'), 'spec.image'), ...checkPullJobTemplate(spec)];
}

/** Changes of what must not change. */
function changedForGood(spec: unknown, oldSpec: unknown): FieldError[] {
  return [...changedImage(spec, oldSpec), ...changedPullSecrets(spec, oldSpec)];
}

function changedImage(spec: unknown, oldSpec: unknown): FieldError[] {
  if (sameJson(memberAt(spec, 'image'), memberAt(oldSpec, 'image'))) return [];
  return [{ path: 'spec.image', message: 'is immutable; create a new job for another image' }];
}

function changedPullSecrets(spec: unknown, oldSpec: unknown): FieldError[] {
  // Typed clients drop an empty list, which must not look like a change.
  const secrets = memberAt(spec, 'pullSecrets') ?? [];
  if (sameJson(secrets, memberAt(oldSpec, 'pullSecrets') ?? [])) return [];
  const message = 'is immutable; create a new job to pull with other secrets';
  return [{ path: 'spec.pullSecrets', message }];
}
