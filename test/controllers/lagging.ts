import type { Resource } from '../../api/resource.ts';
import { NODE_IMAGES } from '../../api/resources.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { untilAborted } from '../../runtime/abort.ts';
import { defer } from '../support/defer.ts';
import type { FakeKube } from '../support/fake-kube.ts';
import { clientOf } from './client-of.ts';

/** A client whose lists and watches of one kind show the API as it was, until `release`. */
export function lagging(
  kube: FakeKube,
  kind: Resource = NODE_IMAGES,
): { client: KubeClient; release: () => void } {
  const gate = defer<void>();
  const client = clientOf(kube, {
    async *watch(resource, options) {
      for await (const event of kube.watch(resource, options)) {
        if (resource.plural === kind.plural) {
          await untilAborted(gate.promise, options.signal);
        }
        yield event;
      }
    },
  });
  return { client, release: gate.resolve };
}
