import { selectorWarnings } from './check-node-selector.ts';
import { checkImage, checkPullJobTemplate } from './check-pull-job-template.ts';
import { defaultImageListPullJob } from './default-image-list-pull-job.ts';
import { checkList, checkUnique, mustBe } from './field-checks.ts';
import type { Violation } from './field-error.ts';
import { MAX_LIST_IMAGES } from './image-list-pull-job.ts';
import { isJsonObject, memberAt } from './json.ts';
import { ratchet, type Validation } from './ratchet.ts';

/**
 * Judges an ImageListPullJob, with the stored one on update. Takes any JSON, never throws, reports every violation at once
 * (behaviour 3). The rules of its children stand here too, for a child that is denied would be retried for ever (W24).
 */
export function validateImageListPullJob(object: unknown, old?: unknown): Validation {
  const spec = specOf(object);
  const oldSpec = specOf(old);
  const { errors, warnings } = ratchet(check(spec), old == null ? [] : check(oldSpec));
  return { errors, warnings: [...warnings, ...selectorWarnings(spec, oldSpec)] };
}

function specOf(object: unknown): unknown {
  return memberAt(defaultImageListPullJob(object), 'spec');
}

function check(spec: unknown): Violation[] {
  if (!isJsonObject(spec)) return mustBe('an object with images', spec, 'spec');
  return [...checkImages(memberAt(spec, 'images')), ...checkPullJobTemplate(spec)];
}

function checkImages(images: unknown): Violation[] {
  const path = 'spec.images';
  const count = Array.isArray(images) ? images.length : 0;
  if (images === undefined || (Array.isArray(images) && count === 0)) {
    return [{ path, message: `must name 1 to ${MAX_LIST_IMAGES} images`, value: images }];
  }
  if (count > MAX_LIST_IMAGES) {
    const message = `must name at most ${MAX_LIST_IMAGES} images, not ${count}; split the list into several jobs`;
    return [{ path, message, value: images }];
  }
  return [...checkList(images, path, checkImage), ...checkUnique(images, path)];
}
