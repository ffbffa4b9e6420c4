import assert from 'node:assert/strict';
import { ANNOTATION_PREDOWNLOAD } from '../../../api/names.ts';
import { CLONE_SETS, DEPLOYMENTS, PODS } from '../../../api/resources.ts';
import type { Workload } from '../../../api/workload.ts';
import { isReady } from '../../../cli/demo/readiness.ts';
import type { EmbeddedCluster } from '../../../cli/embedded/embedded-cluster.ts';
import { kindsNamed } from '../../../cli/plugin/find-workload.ts';
import { runWhy } from '../../../cli/plugin/run-why.ts';
import { until } from '../../cluster/until.ts';
import { imageOfContainer, rolloutWorkload } from '../rollout-objects.ts';
import { startPluginCluster } from './plugin-cluster.ts';
import { flags, runRecorded } from './recorded-session.ts';
import { withoutRights } from './without-rights.ts';

describe('the workload of kubectl headstart why', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['cloneset', ['CloneSet.apps.kruise.io']],
    ['clonesets.apps.kruise.io', ['CloneSet.apps.kruise.io']],
    ['clone', ['CloneSet.apps.kruise.io']],
    ['StatefulSet', ['StatefulSet.apps.kruise.io', 'StatefulSet.apps']],
    ['statefulsets.apps', ['StatefulSet.apps']],
    ['sts', ['StatefulSet.apps']],
    ['asts', ['StatefulSet.apps.kruise.io']],
    ['deploy', ['Deployment.apps']],
    ['job', []],
  ];
  for (const [text, kinds] of cases) {
    it(`may be called ${text}`, () => {
      const found = kindsNamed(text).map(({ kind, resource }) => `${kind}.${resource.group}`);
      assert.deepEqual(found, kinds);
    });
  }
});

describe('kubectl headstart why', function () {
  this.timeout(60_000);
  this.slow(3000);
  let cluster: EmbeddedCluster;
  before(async () => {
    cluster = await startPluginCluster();
  });
  after(() => cluster?.[Symbol.asyncDispose]());

  const why = (workload: string, raw = {}, client = cluster.client) =>
    runRecorded(client, session => runWhy(workload, flags(raw), session));
  const verdict = async (workload: string): Promise<string> =>
    /^ {2}verdict +(.*)$/m.exec((await why(workload)).stdout)?.[1] ?? '';

  /** Creates a CloneSet of eight, held, and waits for its pods. */
  async function running(name: string, annotations = {}): Promise<void> {
    const wanted = rolloutWorkload('CloneSet', 8);
    const labels = { app: name };
    await cluster.client.create<Workload>(CLONE_SETS, {
      metadata: { name, namespace: 'default', annotations },
      spec: {
        ...wanted.spec,
        selector: { matchLabels: labels },
        template: { ...wanted.spec.template, metadata: { labels } },
      },
    });
    const ready = async (): Promise<boolean> => {
      const labelSelector = `app=${name}`;
      const { items } = await cluster.client.list(PODS, { namespace: 'default', labelSelector });
      return items.filter(isReady).length === 8 && items.every(imageOfContainer);
    };
    await until(ready, { what: '8 pods', everyMs: 20 });
  }

  async function update(name: string, body: object): Promise<void> {
    const target = { namespace: 'default', name };
    await cluster.client.patch(CLONE_SETS, target, { type: 'merge', body });
  }
  const image = (tag: string) => ({
    spec: { template: { spec: { containers: [{ name: 'main', image: `app:${tag}` }] } } },
  });

  it('tells the whole story of a CloneSet: idle, warmed, rolled out', async () => {
    await running('web');
    assert.equal(await verdict('cloneset/web'), 'UpToDate');
    await update('web', image('v2'));
    await until(async () => (await verdict('cloneset/web')) === 'Warm', {
      what: 'Warm',
      everyMs: 50,
    });
    const { code, stdout } = await why('clone/web');
    assert.equal(code, 0);
    assert.match(stdout, /^CloneSet default\/web$/m);
    assert.match(stdout, /^ {2}why +the new images are on 4 nodes$/m);
    assert.match(stdout, /^ {2}new images +app:v2$/m);
    assert.match(stdout, /^ {2}settings +auto, 1 at a time, 300 s an attempt$/m);
    assert.match(stdout, /^web-[0-9a-f]{12} +app:v2 +████████████ 4\/4 +Complete$/m);
    assert.match(stdout, /^\d+s +CreatedImagePullJob +/m);
    await update('web', { spec: { updateStrategy: { rollingUpdate: { partition: 0 } } } });
    await until(async () => (await verdict('cloneset/web')) === 'UpToDate', {
      what: 'the end of the rollout',
      everyMs: 50,
    });
    assert.match((await why('clone/web')).stdout, /the last change was warmed: .*app:v2/);
  });

  it('says which precondition failed and what to do', async () => {
    await running('recreated');
    const rollingUpdate = { podUpdatePolicy: 'ReCreate' };
    await update('recreated', { spec: { updateStrategy: { rollingUpdate } } });
    await update('recreated', image('v2'));
    const { stdout } = await why('cloneset/recreated');
    assert.match(stdout, /^ {2}verdict +Skipped, NotInPlace$/m);
    assert.match(stdout, /^ {2}why +the update strategy is ReCreate, not in place$/m);
    assert.ok(
      stdout.includes(
        `kubectl -n default annotate clonesets.apps.kruise.io recreated ${ANNOTATION_PREDOWNLOAD}=always`,
      ),
    );
    await until(
      async () => / PreDownloadSkipped +NotInPlace: /.test((await why('clone/recreated')).stdout),
      { what: 'the Event', everyMs: 50 },
    );
    await update('recreated', { metadata: { annotations: { [ANNOTATION_PREDOWNLOAD]: 'never' } } });
    assert.equal(await verdict('cloneset/recreated'), 'Skipped, PredownloadNever');
  });

  it('says that the jobs are paused', async () => {
    await running('held', { 'apps.kruise.io/image-predownload-parallelism': '0' });
    await update('held', image('v3'));
    await until(async () => (await verdict('cloneset/held')) === 'Warming', { what: 'the job' });
    await until(async () => /jobs are paused/.test((await why('cloneset/held')).stdout), {
      what: 'the pause',
      everyMs: 50,
    });
  });

  it('says that kinds of Kubernetes itself have to ask', async () => {
    const { spec } = rolloutWorkload('Deployment', 4);
    await cluster.client.create(DEPLOYMENTS, {
      metadata: { name: 'api', namespace: 'default' },
      spec: { replicas: 4, selector: spec.selector ?? {}, template: spec.template ?? {} },
    });
    const { stdout } = await why('deploy/api');
    assert.match(stdout, /^ {2}verdict +NotLookedAt$/m);
    assert.match(stdout, /annotate deployments\.apps api headstart\/predownload=always/);
  });

  it('gives programs a report', async () => {
    const report = JSON.parse((await why('cloneset/web', { output: 'json' })).stdout) as {
      verdict: string;
      events: unknown[];
    };
    assert.equal(report.verdict, 'UpToDate');
    assert.ok(report.events.length > 0);
    assert.match((await why('cloneset/web', { output: 'yaml' })).stdout, /^verdict: UpToDate$/m);
  });

  it('goes on without what the user may not read, and says so', async () => {
    const client = withoutRights(cluster.client, 'pods', 'events');
    const { code, stdout, stderr } = await why('cloneset/web', {}, client);
    assert.equal(code, 0);
    assert.match(stderr, /^note: you may not read pods; what they would tell is left out$/m);
    assert.match(stdout, /^ {2}verdict +Unknown$/m);
    const some = await why(
      'cloneset/web',
      {},
      withoutRights(cluster.client, 'controllerrevisions'),
    );
    assert.match(some.stdout, /^ {2}verdict +UpToDate$/m);
  });

  const refused = [
    ['nonsense', 2, /^error: 'nonsense' is no workload: write kind\/name/],
    ['job/web', 2, /^error: 'job' is no kind of workload that is warmed: write cloneset, /],
    [
      'cloneset/none',
      1,
      /^error: clonesets\.apps\.kruise\.io "none" not found in namespace default/,
    ],
  ] as const;
  for (const [text, code, message] of refused) {
    it(`refuses ${text}`, async () => {
      const ending = await why(text);
      assert.equal(ending.code, code);
      assert.match(ending.stderr, message);
    });
  }

  it('tells a refusal as kubectl does', async () => {
    const { code, stderr } = await why('clone/web', {}, withoutRights(cluster.client, 'clonesets'));
    assert.equal(code, 1);
    assert.equal(
      stderr,
      'Error from server (Forbidden): clonesets is forbidden: User "dev" cannot get resource\nhint: ask for the right, or choose another namespace with -n',
    );
  });
});
