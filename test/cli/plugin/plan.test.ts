import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { CLONE_SETS, IMAGE_PULL_JOBS, PODS } from '../../../api/resources.ts';
import { isReady } from '../../../cli/demo/readiness.ts';
import type { EmbeddedCluster } from '../../../cli/embedded/embedded-cluster.ts';
import { runPlan } from '../../../cli/plugin/run-plan.ts';
import { until } from '../../cluster/until.ts';
import { makeTempFolder } from '../../support/temp-folder.ts';
import { rolloutWorkload } from '../rollout-objects.ts';
import { headstart } from '../run-headstart.ts';
import { startPluginCluster } from './plugin-cluster.ts';
import { flags, runRecorded } from './recorded-session.ts';
import { withoutRights } from './without-rights.ts';

const apiVersion = 'apps.kruise.io/v1beta1';
const metadata = { name: 'web', namespace: 'default' };
const job = {
  apiVersion,
  kind: 'ImagePullJob',
  metadata: { name: 'base' },
  spec: { image: 'nginx:1', completionPolicy: { type: 'Always' }, parallelism: '50%' },
};

function cloneSet(image: string, rollingUpdate: object = {}) {
  const { spec } = rolloutWorkload('CloneSet', 8);
  const { template, updateStrategy } = spec;
  return {
    apiVersion,
    kind: 'CloneSet',
    metadata,
    spec: {
      ...spec,
      template: { ...template, spec: { containers: [{ name: 'main', image }] } },
      updateStrategy: {
        ...updateStrategy,
        rollingUpdate: { ...updateStrategy?.rollingUpdate, ...rollingUpdate },
      },
    },
  };
}

describe('kubectl headstart plan', function () {
  this.timeout(60_000);
  this.slow(3000);
  let cluster: EmbeddedCluster;
  before(async () => {
    cluster = await startPluginCluster();
    await cluster.client.create(CLONE_SETS, rolloutWorkload('CloneSet', 8));
    const ready = async (): Promise<boolean> =>
      (await cluster.client.list(PODS)).items.filter(isReady).length === 8;
    await until(ready, { what: '8 pods', everyMs: 20 });
  });
  after(() => cluster?.[Symbol.asyncDispose]());

  /** Plans objects that stand in one YAML file. */
  async function plan(objects: readonly unknown[], raw = {}, client = cluster.client) {
    await using folder = await makeTempFolder();
    const file = join(folder.path, 'objects.yaml');
    const texts = objects.map(each => (typeof each === 'string' ? each : stringify(each)));
    await writeFile(file, texts.join('---\n'));
    return await runRecorded(client, session =>
      runPlan(flags({ filename: [file], ...raw }), session),
    );
  }

  it('tells what a new job would pull, and makes none', async () => {
    const { code, stdout } = await plan([job]);
    assert.equal(code, 0, stdout);
    assert.equal(
      stdout,
      [
        'ImagePullJob default/base would be created',
        '  pulls     nginx:1 on 4 nodes, 2 at a time',
        '  takes     not known: no earlier pull of it is on record',
      ].join('\n'),
    );
    assert.deepEqual((await cluster.client.list(IMAGE_PULL_JOBS)).items, []);
  });

  it('tells what an update would pull', async () => {
    const { code, stdout } = await plan([cloneSet('app:v2')]);
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^CloneSet default\/web would be changed\n {2}pulls +app:v2 on 4 nodes, 1 at a time$/m,
    );
    const stored = await cluster.client.get(CLONE_SETS, metadata);
    assert.equal(stored?.spec.template?.spec?.containers?.[0]?.image, 'app:v1');
  });

  it('tells why an update would pull nothing', async () => {
    const skipped = await plan([cloneSet('app:v2', { podUpdatePolicy: 'ReCreate' })]);
    assert.match(skipped.stdout, /pulls +nothing, NotInPlace: the update strategy is ReCreate/);
    assert.match((await plan([cloneSet('app:v1')])).stdout, /nothing, ImageUnchanged: no image/);
    const created = { ...cloneSet('app:v2'), metadata: { name: 'new' } };
    assert.match(
      (await plan([created])).stdout,
      /default\/new would be created\n {2}pulls +nothing, NewWorkload/,
    );
  });

  it('tells denials with every problem, goes on, and exits with 1', async () => {
    const selector = { names: ['a'] };
    const podSelector = { matchLabels: { app: 'web' } };
    const bad = { ...job, spec: { ...job.spec, image: 'No Image', selector, podSelector } };
    const { code, stdout } = await plan([bad, { ...job, kind: 'Secret', apiVersion: 'v1' }, job]);
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^ImagePullJob default\/base would be denied\n {2}because +Error from server/,
    );
    assert.match(stdout, /^ {2}because .*spec\.image/m);
    assert.match(stdout, /^ {2}because .*spec\.podSelector/m);
    assert.match(
      stdout,
      /^Secret default\/base would be ignored\n {2}because +Headstart does not act on it$/m,
    );
    assert.match(stdout, /^ImagePullJob default\/base would be created$/m);
  });

  it('reads Lists and jobs by pods, and gives programs a report', async () => {
    const podSelector = { matchLabels: { app: 'web' } };
    const items = [{ ...job, spec: { ...job.spec, podSelector } }];
    const { stdout } = await plan([{ kind: 'List', apiVersion: 'v1', items }], { output: 'json' });
    const { objects } = JSON.parse(stdout) as { objects: { pulls: { nodes: number } }[] };
    assert.equal(objects[0]?.pulls.nodes, 4);
  });

  it('goes on without what the user may not read', async () => {
    const client = withoutRights(cluster.client, 'nodeimages', 'pods');
    const { code, stdout, stderr } = await plan([job, cloneSet('app:v2')], {}, client);
    assert.equal(code, 0);
    assert.match(stderr, /you may not read nodeimages/);
    assert.match(stdout, /nginx:1 on nodes that you may not read/);
    assert.match(stdout, /app:v2 on nodes that you may not read/);
  });

  for (const [name, content, message] of [
    ['text that is no YAML', 'a: [', /^error: .*objects\.yaml: /],
    [
      'an object without a name',
      'kind: Pod',
      /^error: .*is no Kubernetes object: it needs apiVersion/,
    ],
    ['a file without objects', '# nothing\n', /^error: the files hold no object$/],
  ] as const) {
    it(`refuses ${name} with exit code 2`, async () => {
      const { code, stderr } = await plan([content]);
      assert.equal(code, 2);
      assert.match(stderr, message);
    });
  }

  it('passes on the advice of the webhooks', async () => {
    await using folder = await makeTempFolder();
    const file = join(folder.path, 'job.json');
    const named = { ...job.spec, selector: { names: ['node-1', 'node-99'] } };
    await writeFile(file, JSON.stringify({ ...job, spec: named }));
    const kubeconfig = `--kubeconfig=${cluster.kubeconfigPath}`;
    const { code, stdout, stderr } = await headstart('plan', '-f', file, kubeconfig);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^ {2}warning +1 of the named nodes do not exist: node-99$/m);
    assert.equal((await headstart('plan', kubeconfig)).code, 2);
    const missing = await headstart('plan', '-f', join(folder.path, 'none'), kubeconfig);
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /^error: cannot read .*none: ENOENT/);
  });
});
