import { changeSpec, defaultPullJobTemplate } from './default-pull-job-template.ts';

/**
 * Fills in what the peer's webhook fills in: completion `Always`, 600 s and 3 retries an attempt. `imagePullPolicy` is left to the children.
 * Takes any JSON; the same object comes back when nothing changes.
 */
export function defaultImageListPullJob(object: unknown): unknown {
  return changeSpec(object, defaultPullJobTemplate);
}
