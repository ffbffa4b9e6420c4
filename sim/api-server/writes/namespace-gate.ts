import type { ApiRequest } from '../http/api-request.ts';
import { subjectOf } from '../registry/resource-type.ts';
import { forbidden, notFound } from '../status/api-error.ts';

/** Refuses to create something in a namespace that does not exist (404) or is going away (403). */
export function requireLiveNamespace({ backend, namespace, type }: ApiRequest, name: string): void {
  if (namespace === undefined) return;
  const found = backend.store.collection('namespaces').get(namespace);
  if (found === undefined) throw notFound({ group: '', resource: 'namespaces' }, namespace);
  if (found.metadata.deletionTimestamp === undefined) return;
  const detail = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  };
  throw forbidden(subjectOf(type), name, detail, [cause]);
}
