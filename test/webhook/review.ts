import type { Resource } from '../../api/resource.ts';
import { IMAGE_PULL_JOBS } from '../../api/resources.ts';
import type { AdmissionRequest } from '../../webhook/admission.ts';
import type { Route } from '../../webhook/routes.ts';
import { ROUTES } from '../../webhook/routes.ts';

/** A review as kube-apiserver sends it, with the fields that nobody reads. */
export interface RawReview {
  apiVersion: string;
  kind: string;
  request: Record<string, unknown>;
}

/** A CREATE of `object`, or an UPDATE when `fields` has an oldObject. */
export function reviewOf(
  resource: Resource,
  object: unknown,
  fields: Readonly<Record<string, unknown>> = {},
): RawReview {
  const { group, version, kind, plural } = resource;
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
      kind: { group, version, kind },
      resource: { group, version, resource: plural },
      requestKind: { group, version, kind },
      requestResource: { group, version, resource: plural },
      name: 'sample',
      namespace: 'default',
      operation: fields['oldObject'] === undefined ? 'CREATE' : 'UPDATE',
      userInfo: { username: 'admin', groups: ['system:authenticated'] },
      object,
      oldObject: null,
      dryRun: false,
      options: { apiVersion: 'meta.k8s.io/v1', kind: 'CreateOptions' },
      ...fields,
    },
  };
}

/** A request as handlers get it. */
export function requestOf(
  object: AdmissionRequest['object'],
  oldObject?: AdmissionRequest['oldObject'],
  resource: Resource = IMAGE_PULL_JOBS,
): AdmissionRequest {
  const { group, version, kind, plural } = resource;
  return {
    uid: 'u',
    kind: { group, version, kind },
    resource: { group, version, resource: plural },
    subResource: '',
    operation: oldObject === undefined ? 'CREATE' : 'UPDATE',
    name: 'sample',
    namespace: 'default',
    user: { username: 'admin', extra: {} },
    dryRun: false,
    object,
    oldObject,
  };
}

/** The route of a type for a resource. */
export function routeOf(type: Route['type'], resource: Resource): Route {
  const route = ROUTES.find(
    candidate => candidate.type === type && candidate.resources.plural === resource.plural,
  );
  if (route === undefined) throw new Error(`no ${type} route for ${resource.plural}`);
  return route;
}

export const MUTATE_JOB = '/mutate-apps-kruise-io-imagepulljob';
export const VALIDATE_JOB = '/validate-apps-kruise-io-imagepulljob';

export const JOB = { metadata: { name: 'sample' }, spec: { image: 'nginx:1.27' } };

/** Breaks two rules. */
export const BAD_JOB = {
  metadata: { name: 'sample' },
  spec: { image: 'nginx', selector: { names: ['a'] }, podSelector: {}, parallelism: -1 },
};

/** A CREATE of {@link JOB}. */
export const jobReview = (fields: Readonly<Record<string, unknown>> = {}): RawReview =>
  reviewOf(IMAGE_PULL_JOBS, JOB, fields);
