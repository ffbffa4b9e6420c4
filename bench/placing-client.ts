import type { Pod } from '../api/core.ts';
import type { KubeObject } from '../api/meta.ts';
import { PODS } from '../api/resources.ts';
import type { KubeClient } from '../kube/kube-client.ts';

/** A client whose pods are born on nodes, one node after the other: there is no scheduler, and later nobody else may place them. */
export function placingClient(client: KubeClient, nodes: readonly string[]): KubeClient {
  let placed = 0;
  const place = <T extends KubeObject>(object: T): T => {
    const pod: Pod = object;
    return { ...object, spec: { ...pod.spec, nodeName: nodes[placed++ % nodes.length] } };
  };
  return {
    get: (resource, name, options) => client.get(resource, name, options),
    pages: (resource, options) => client.pages(resource, options),
    list: (resource, options) => client.list(resource, options),
    create: (resource, object, options) =>
      client.create(resource, resource.plural === PODS.plural ? place(object) : object, options),
    patch: (resource, name, patch, options) => client.patch(resource, name, patch, options),
    delete: (resource, name, options) => client.delete(resource, name, options),
    watch: (resource, options) => client.watch(resource, options),
    getPath: (path, options) => client.getPath(path, options),
  };
}
