import type { KubeClient } from '../../kube/kube-client.ts';
import type { FakeKube } from '../support/fake-kube.ts';

/** A client of its own on `kube`, with some calls played differently. */
export function clientOf(kube: FakeKube, played: Partial<KubeClient>): KubeClient {
  return {
    get: (...call) => kube.get(...call),
    pages: (...call) => kube.pages(...call),
    list: (...call) => kube.list(...call),
    create: (...call) => kube.create(...call),
    patch: (...call) => kube.patch(...call),
    delete: (...call) => kube.delete(...call),
    watch: (...call) => kube.watch(...call),
    getPath: (...call) => kube.getPath(...call),
    ...played,
  };
}
