import type { KubeObject } from '../../api/meta.ts';
import { HeadstartError } from '../../runtime/errors.ts';
import type { Backend } from './backend.ts';
import { ADMIN } from './http/user.ts';
import { internalRequest, PLAIN_WRITE } from './lifecycle/internal-request.ts';
import { createObject } from './writes/create-object.ts';
import { decodeObject } from './writes/decode-object.ts';

/** Namespaces that every cluster has. */
const NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** Stores the namespaces of every cluster and then `objects`. Rejects with `CONFIG_INVALID` for a kind that is not served. */
export async function seedObjects(backend: Backend, objects: readonly KubeObject[]): Promise<void> {
  const namespaces = NAMESPACES.map(name => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name },
  }));
  for (const object of [...namespaces, ...objects]) await seed(backend, object);
}

async function seed(backend: Backend, object: KubeObject): Promise<void> {
  const { apiVersion = '', kind = '', metadata } = object;
  const served = backend.registry.ofKind(apiVersion, kind);
  if (served === undefined) {
    throw new HeadstartError('CONFIG_INVALID', `${kind} of ${apiVersion} is not served`);
  }
  const namespace = served.type.namespaced ? (metadata.namespace ?? 'default') : undefined;
  const request = internalRequest(backend, served, { name: metadata.name, namespace }, ADMIN);
  const decoded = decodeObject(request, object, PLAIN_WRITE);
  await createObject(request, PLAIN_WRITE, { object: decoded });
}
