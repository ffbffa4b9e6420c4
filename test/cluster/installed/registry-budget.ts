import assert from 'node:assert/strict';
import type { ImagePullJob } from '../../../api/image-pull-job.ts';
import { REGISTRY_BUDGET_CONFIG_MAP, SYSTEM_NAMESPACE } from '../../../api/names.ts';
import type { Cluster } from '../cluster.ts';
import { mostNodesAtOnce } from '../registry-door.ts';
import { until } from '../until.ts';
import { AT_ONCE, imagePullJob, waitFor } from './objects.ts';

/** With 5 MB this makes a pull take more than a second, so that pulls that may overlap do. */
const LINK_MBIT = 32;
const IMAGE_MB = 5;

const METADATA = { name: REGISTRY_BUDGET_CONFIG_MAP, namespace: SYSTEM_NAMESPACE };

const ceilings = (text: string): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: METADATA,
  data: { ceilings: text },
});

/** Tests of the ceiling of a registry; they leave none behind. */
export function describeRegistryBudget(theCluster: () => Cluster): void {
  let cluster: Cluster;
  before(async () => {
    cluster = theCluster();
    for (const node of cluster.nodes) await node.limitBandwidth(LINK_MBIT);
  });
  after(async () => {
    await cluster.kubectl('-n', METADATA.namespace, 'delete', 'configmap', METADATA.name);
    for (const node of cluster.nodes) await node.limitBandwidth(undefined);
  });

  it('two jobs on 4 nodes download on 2 nodes at once, and say what they wait for', async () => {
    await cluster.apply(ceilings(`${cluster.registry.host} = 2`));
    const names = ['budget-one', 'budget-two'];
    for (const name of names) {
      const { reference } = await cluster.registry.push(`${name}:1`, IMAGE_MB);
      await cluster.apply(imagePullJob(name, { ...AT_ONCE, image: reference }));
    }
    const message = await until(() => messageOfWaiting(cluster, 'budget-two'), {
      what: 'the reason RegistryBudget',
    });
    const host = cluster.registry.host.replaceAll('.', '\\.');
    assert.match(message, new RegExp(`from ${host}: \\d run now, at most 2 at once$`));
    for (const name of names) {
      const { status } = await waitFor(cluster, `imagepulljob/${name}`, 'Complete');
      assert.equal(status?.succeeded, 4);
    }
    const downloads = names.flatMap(name => cluster.registry.downloads(name));
    assert.equal(new Set(downloads.map(({ from }) => from)).size, 4);
    assert.equal(mostNodesAtOnce(downloads), 2);
  });

  it('a mistake is told in an Event on the ConfigMap', async () => {
    await cluster.apply(ceilings(`${cluster.registry.host} : 2`));
    const told = await until(
      async () => {
        const fields = '--field-selector=reason=InvalidRegistryBudget';
        const events = ['-n', METADATA.namespace, 'get', 'events', fields];
        const text = await cluster.mustKubectl([...events, '-o', 'jsonpath={.items[*].message}']);
        return text !== '' && text;
      },
      { what: 'the Event' },
    );
    assert.match(told, /^line 1: write a host and a number, .*; the ceilings before it hold$/);
  });
}

async function messageOfWaiting(cluster: Cluster, name: string): Promise<string | undefined> {
  const { status } = await cluster.get<ImagePullJob>('imagepulljob', name);
  return status?.conditions?.find(({ reason }) => reason === 'RegistryBudget')?.message;
}
