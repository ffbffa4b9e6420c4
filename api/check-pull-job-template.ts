import { checkNodeSelector } from './check-node-selector.ts';
import { checkCompletionPolicy, checkPullPolicy } from './check-pull-policies.ts';
import {
  checkCountOrPercent,
  checkList,
  checkObject,
  checkObjectName,
  checkOneOf,
  checkTextMap,
  mustBe,
} from './field-checks.ts';
import type { Violation } from './field-error.ts';
import { IMAGE_PULL_POLICIES } from './image-pull-job.ts';
import { parseImageReference } from './image-reference.ts';
import { type JsonObject, memberAt } from './json.ts';

/** Rules that ImagePullJob and ImageListPullJob share, for a `spec` of any content. */
export function checkPullJobTemplate(spec: JsonObject): Violation[] {
  return [
    ...checkNodeSelector(spec),
    ...checkCountOrPercent(memberAt(spec, 'parallelism'), 'spec.parallelism'),
    ...checkPullPolicy(memberAt(spec, 'pullPolicy'), 'spec.pullPolicy'),
    ...checkCompletionPolicy(spec),
    ...checkSandboxConfig(memberAt(spec, 'sandboxConfig'), 'spec.sandboxConfig'),
    ...checkOneOf(memberAt(spec, 'imagePullPolicy'), 'spec.imagePullPolicy', IMAGE_PULL_POLICIES),
    ...checkList(memberAt(spec, 'pullSecrets'), 'spec.pullSecrets', (name, path) =>
      checkObjectName(name, path, 'Secret in the namespace of the job'),
    ),
  ];
}

/** Rules of `sandboxConfig`: labels and annotations are strings. */
export function checkSandboxConfig(value: unknown, path: string): Violation[] {
  return [
    ...checkObject(value, path),
    ...checkTextMap(memberAt(value, 'labels'), `${path}.labels`),
    ...checkTextMap(memberAt(value, 'annotations'), `${path}.annotations`),
  ];
}

/** An image reference that must be there. */
export function checkImage(value: unknown, path: string): Violation[] {
  if (typeof value !== 'string')
    return mustBe('an image reference such as nginx:1.27', value, path);
  const parsed = parseImageReference(value);
  return parsed.ok ? [] : [{ path, message: parsed.message, value }];
}
