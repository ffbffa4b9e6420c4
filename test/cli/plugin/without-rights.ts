import type { KubeClient } from '../../../kube/kube-client.ts';
import { KubeError } from '../../../kube/kube-error.ts';

/** `client` for a user who may not read `plurals`. */
export function withoutRights(client: KubeClient, ...plurals: readonly string[]): KubeClient {
  const refuse = (verb: string, plural: string): KubeError =>
    new KubeError(`GET /apis/x: ${plural} is forbidden: User "dev" cannot ${verb} resource`, {
      status: 403,
      reason: 'Forbidden',
    });
  const methods: Partial<KubeClient> = {
    get: (resource, name, options) =>
      plurals.includes(resource.plural)
        ? Promise.reject(refuse('get', resource.plural))
        : client.get(resource, name, options),
    list: (resource, options) =>
      plurals.includes(resource.plural)
        ? Promise.reject(refuse('list', resource.plural))
        : client.list(resource, options),
  };
  return new Proxy(client, {
    get: (target, key) => {
      const own: unknown = Reflect.get(methods, key);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
