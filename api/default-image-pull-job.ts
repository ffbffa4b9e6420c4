import { changeSpec, defaultPullJobTemplate, withDefaults } from './default-pull-job-template.ts';

/**
 * Fills in what the peer's webhook fills in: completion `Always`, 600 s and 3 retries an attempt, pull policy `IfNotPresent`.
 * Takes any JSON; the same object comes back when nothing changes. The finalizer is the controller's business.
 */
export function defaultImagePullJob(object: unknown): unknown {
  return changeSpec(object, spec =>
    withDefaults(defaultPullJobTemplate(spec), { imagePullPolicy: 'IfNotPresent' }),
  );
}
