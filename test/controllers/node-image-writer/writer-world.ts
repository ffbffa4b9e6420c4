import type { NodeImage } from '../../../api/node-image.ts';
import { NODE_IMAGES } from '../../../api/resources.ts';
import { INDEX_OWNER_UID, tagOwnerUids } from '../../../controllers/informers.ts';
import { KnownNodeImages } from '../../../controllers/node-image-writer/known-node-images.ts';
import { NodeImageWriter } from '../../../controllers/node-image-writer/writer.ts';
import { createInformer } from '../../../kube/create-informer.ts';
import type { KubeClient } from '../../../kube/kube-client.ts';
import { silentLogger } from '../../../runtime/log.ts';
import { noMetrics } from '../../../runtime/metrics.ts';
import { settle } from '../../support/fake-clock.ts';
import { FakeKube } from '../../support/fake-kube.ts';

/** A writer and what it knows, on a fake API with these nodes, as `wrap` lets them see it. */
export async function startWriter(
  nodes: readonly string[] = ['node-1'],
  wrap: (kube: FakeKube) => KubeClient = kube => kube,
) {
  const kube = new FakeKube();
  for (const name of nodes) kube.seed(NODE_IMAGES, { metadata: { name, generation: 1 }, spec: {} });
  const deps = {
    client: wrap(kube),
    clock: kube.clock,
    log: silentLogger,
    metrics: noMetrics,
    random: () => 0.5,
  };
  const informer = createInformer<NodeImage>(
    { resource: NODE_IMAGES, indexes: { [INDEX_OWNER_UID]: tagOwnerUids } },
    deps,
  );
  const known = new KnownNodeImages({ ...deps, informer });
  const writer = new NodeImageWriter({ writeDeadlineMs: 4_000 }, { ...deps, known });
  const abort = new AbortController();
  const running = informer.run(abort.signal);
  await settle();
  return {
    kube,
    known,
    writer,
    patches: () => kube.requests.filter(({ verb }) => verb === 'patch').length,
    images: (name = 'node-1') =>
      Object.keys(kube.read<NodeImage>(NODE_IMAGES, name)?.spec.images ?? {}),
    [Symbol.asyncDispose]: async () => {
      abort.abort(new Error('the test ended'));
      await running;
    },
  };
}
