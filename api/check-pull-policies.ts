import { DEFAULT_TIMEOUT_SECONDS } from './defaults.ts';
import { checkObject, checkOneOf, checkWholeNumber, MAX_INT32, MAX_INT64 } from './field-checks.ts';
import type { Violation } from './field-error.ts';
import { COMPLETION_TYPES } from './image-pull-job.ts';
import { type JsonObject, memberAt } from './json.ts';

const COMPLETION = 'spec.completionPolicy';

/** Rules of a pull policy: an attempt lasts at least a second, retries are counted from 0. */
export function checkPullPolicy(policy: unknown, path: string): Violation[] {
  const field = (name: string, min: number): Violation[] =>
    checkWholeNumber(memberAt(policy, name), `${path}.${name}`, { min, max: MAX_INT32 });
  return [...checkObject(policy, path), ...field('timeoutSeconds', 1), ...field('backoffLimit', 0)];
}

/** Rules of `spec.completionPolicy`, also against `spec.pullPolicy`. */
export function checkCompletionPolicy(spec: JsonObject): Violation[] {
  const policy = memberAt(spec, 'completionPolicy');
  const deadline = memberAt(policy, 'activeDeadlineSeconds');
  const ttl = memberAt(policy, 'ttlSecondsAfterFinished');
  return [
    ...checkObject(policy, COMPLETION),
    ...checkOneOf(memberAt(policy, 'type'), `${COMPLETION}.type`, COMPLETION_TYPES),
    ...checkWholeNumber(deadline, `${COMPLETION}.activeDeadlineSeconds`, {
      min: 1,
      max: MAX_INT64,
    }),
    ...checkWholeNumber(ttl, `${COMPLETION}.ttlSecondsAfterFinished`, { min: 0, max: MAX_INT32 }),
    ...(memberAt(policy, 'type') === 'Never' ? checkNever(policy) : checkDeadline(spec, deadline)),
  ];
}

function checkNever(policy: unknown): Violation[] {
  return ['activeDeadlineSeconds', 'ttlSecondsAfterFinished']
    .filter(name => memberAt(policy, name) !== undefined)
    .map(name => ({
      path: `${COMPLETION}.${name}`,
      message: 'must be left out when completionPolicy.type is Never: such a job does not end',
      value: policy,
    }));
}

function checkDeadline(spec: JsonObject, deadline: unknown): Violation[] {
  const written = memberAt(spec, 'pullPolicy', 'timeoutSeconds');
  const timeout = written ?? DEFAULT_TIMEOUT_SECONDS;
  if (typeof deadline !== 'number' || typeof timeout !== 'number' || deadline >= timeout) return [];
  return [
    {
      path: `${COMPLETION}.activeDeadlineSeconds`,
      message: `must be at least spec.pullPolicy.timeoutSeconds (${timeout}), not ${deadline}; raise the deadline or lower the timeout`,
      value: { deadline, timeout },
    },
  ];
}
