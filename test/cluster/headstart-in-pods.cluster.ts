import assert from 'node:assert/strict';
import { DAEMON_NAMESPACE, SYSTEM_NAMESPACE } from '../../api/names.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { diagnoseFailures } from './diagnose.ts';
import { installHeadstart, pushHeadstartImages } from './install.ts';
import { mostNodesAtOnce } from './registry-door.ts';

describe('Headstart in Pods, installed as shipped', () => {
  let cluster: Cluster;
  before(async () => {
    cluster = await startCluster({ nodes: 4 });
    const { manager, daemon } = await pushHeadstartImages(cluster);
    await installHeadstart(cluster, { image: manager, daemonImage: daemon });
  });
  after(() => cluster?.stop());
  diagnoseFailures(() => cluster);

  it('runs two managers and a daemon on each node', async () => {
    const podsIn = async (namespace: string): Promise<string[]> => {
      const running = ['--field-selector=status.phase=Running', '-o', 'name'];
      const names = await cluster.mustKubectl(['get', 'pods', '-n', namespace, ...running]);
      return names.trim().split('\n');
    };
    assert.equal((await podsIn(SYSTEM_NAMESPACE)).length, 2);
    assert.equal((await podsIn(DAEMON_NAMESPACE)).length, 4);
  });

  it('brings the image of an ImagePullJob to every node, two at a time', async () => {
    const { reference } = await cluster.registry.push('team/app:v1', 20);
    await cluster.apply({
      apiVersion: 'apps.kruise.io/v1beta1',
      kind: 'ImagePullJob',
      metadata: { name: 'app', namespace: 'default' },
      spec: { image: reference, parallelism: 2, completionPolicy: { type: 'Always' } },
    });
    const complete = ['--for=condition=Complete', '--timeout=60s'];
    await cluster.mustKubectl(['wait', 'imagepulljob/app', ...complete]);
    for (const node of cluster.nodes) {
      assert.ok((await node.imageNames()).includes(reference), `${node.name} has it`);
    }
    assert.ok(mostNodesAtOnce(cluster.registry.downloads('team/app')) <= 2);
    const table = await cluster.mustKubectl(['get', 'imagepulljob', 'app']);
    const [header = '', row = ''] = table.split('\n');
    assert.equal(header.replace(/\s+/g, ' '), 'NAME TOTAL ACTIVE SUCCEED FAILED AGE MESSAGE');
    assert.match(row, /^app +4 +0 +4 +0 +\d+s +job has completed$/);
  });
});
