import assert from 'node:assert/strict';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { FINALIZER_DELETION_PROTECTION } from '../../api/names.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { diagnoseFailures } from './diagnose.ts';
import { CHART, helmOn } from './helm.ts';
import { pushHeadstart } from './install.ts';
import { AT_ONCE, allNodes, imagePullJob, nodesWith, waitFor } from './installed/objects.ts';
import { until } from './until.ts';

const NAMESPACES = ['headstart-system', 'headstart-daemon', 'kruise-daemon-config'];

describe('Headstart, installed by Helm', () => {
  let cluster: Cluster;
  let helm: (...args: string[]) => Promise<string>;
  let values: readonly string[];

  before(async () => {
    cluster = await startCluster({ nodes: 2 });
    helm = helmOn(cluster);
    const [, repository = '', tag = ''] = /^(.*):([^:]*)$/.exec(await pushHeadstart(cluster)) ?? [];
    values = setting(`manager.image.repository=${repository}`, `manager.image.tag=${tag}`);
  });
  after(() => cluster?.stop());
  diagnoseFailures(() => cluster);

  const setting = (...pairs: string[]): string[] => pairs.flatMap(pair => ['--set', pair]);
  const release = (verb: 'install' | 'upgrade', ...args: string[]): Promise<string> =>
    helm(verb, 'headstart', CHART, ...values, '--wait', '--timeout=240s', ...args);
  const names = async (...kinds: string[]): Promise<string[]> =>
    (await cluster.mustKubectl(['get', ...kinds, '-o', 'name'])).split('\n').filter(Boolean);
  const ours = async (...kinds: string[]): Promise<string[]> =>
    (await names(...kinds)).filter(name => /headstart|kruise/.test(name));

  const isPulledEverywhere = async (name: string): Promise<void> => {
    const { reference } = await cluster.registry.push(`chart/${name}:1`);
    await cluster.apply(imagePullJob(name, { ...AT_ONCE, image: reference }));
    await waitFor(cluster, `imagepulljob/${name}`, 'Complete');
    assert.deepEqual(await nodesWith(cluster, reference), allNodes(cluster));
  };

  /** An unfinished job with a pull secret, which is protected by a finalizer. */
  const startProtectedJob = async (): Promise<void> => {
    const login = ['--docker-server=r.example.com', '--docker-username=a', '--docker-password=b'];
    await cluster.mustKubectl(['create', 'secret', 'docker-registry', 'robot', ...login]);
    const spec = { image: 'r.example.com/a:1', parallelism: 0, pullSecrets: ['robot'] };
    await cluster.apply(imagePullJob('unfinished', spec));
    await until(async () => (await finalizersOf('unfinished')).length > 0, { what: 'a finalizer' });
  };
  const finalizersOf = async (name: string): Promise<readonly string[]> =>
    (await cluster.get<ImagePullJob>('imagepulljob', name)).metadata.finalizers ?? [];

  it('pulls on every node, under the rights and the pod security it brings', async () => {
    await release('install');
    await isPulledEverywhere('installed');
  });

  it('loses nothing of a running job when it is upgraded with other values', async () => {
    const image = await cluster.registry.push('chart/upgraded:1', 24);
    const limit = (megabits?: number) =>
      Promise.all(cluster.nodes.map(node => node.limitBandwidth(megabits)));
    await limit(24);
    await cluster.apply(imagePullJob('upgraded', { ...AT_ONCE, image: image.reference }));
    const downloads = () => cluster.registry.downloads('chart/upgraded');
    await until(() => downloads().length > 0, { what: 'the first download', everyMs: 10 });
    await release('upgrade', ...setting('manager.log.level=debug', 'daemon.log.level=debug'));
    await limit();
    const { status } = await waitFor(cluster, 'imagepulljob/upgraded', 'Complete');
    assert.deepEqual([status?.succeeded, status?.failed], [2, 0]);
    const args = 'jsonpath={..spec.template.spec.containers[0].args}';
    for (const program of ['-n=headstart-system deploy', '-n=headstart-daemon ds']) {
      const printed = await cluster.mustKubectl(['get', ...program.split(' '), '-o', args]);
      assert.match(printed, /--log-level=debug/);
    }
    const bundle = 'jsonpath={.items[*].webhooks[0].clientConfig.caBundle}';
    const armed = await cluster.mustKubectl(['get', 'mutatingwebhookconfigurations', '-o', bundle]);
    assert.ok(armed.length > 0, 'webhooks stay armed');
  });

  it('leaves the definitions and the jobs when it is uninstalled, and no finalizer', async () => {
    await startProtectedJob();
    assert.deepEqual(await finalizersOf('unfinished'), [FINALIZER_DELETION_PROTECTION]);
    await helm('uninstall', 'headstart', '--wait', '--timeout=240s');
    assert.deepEqual(await finalizersOf('unfinished'), []);
    assert.equal((await ours('crds')).length, 3);
    await assertNothingElseIsLeft();
  });

  it('goes on with the jobs when it is installed again', async () => {
    await release('install', ...setting('crds.keep=false'));
    await until(async () => (await finalizersOf('unfinished')).length > 0, { what: 'a finalizer' });
    await isPulledEverywhere('installed-again');
  });

  it('takes the definitions with it when it was told not to keep them', async () => {
    await helm('uninstall', 'headstart', '--wait', '--timeout=240s');
    assert.deepEqual(await ours('crds'), []);
    await assertNothingElseIsLeft();
  });

  async function assertNothingElseIsLeft(): Promise<void> {
    const left = (): Promise<string[]> =>
      ours(
        'mutatingwebhookconfigurations,validatingwebhookconfigurations,clusterroles,clusterrolebindings,namespaces',
      );
    await until(async () => (await left()).length === 0, { what: `${NAMESPACES.join()} to go` });
  }
});
