import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Secret } from '../../api/core.ts';
import type { ImageListPullJob } from '../../api/image-list-pull-job.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { SYSTEM_NAMESPACE } from '../../api/names.ts';
import { IMAGE_LIST_PULL_JOBS, IMAGE_PULL_JOBS, SECRETS } from '../../api/resources.ts';
import { installManifests } from '../../manifests/render.ts';
import { binary } from './binaries.ts';
import type { ManagerProcess } from './faults/manager-process.ts';
import { type FaultWorld, PULL_SECRET, startFaultWorld } from './faults/world.ts';
import { type Background, startBackground } from './process.ts';
import { until } from './until.ts';

const MIRRORS = 'kruise-daemon-config';
/** Of every test the same: what hangs takes longer than all of them. */
const SOON = { timeoutMs: 40_000, everyMs: 100 };

/** What deletes namespaces and the dependents of objects. */
function startGarbageCollection({ controlPlane }: FaultWorld): Background {
  const { folder, kubeconfigPath } = controlPlane;
  return startBackground({
    name: 'kube-controller-manager',
    command: [
      binary('kube-controller-manager'),
      `--kubeconfig=${kubeconfigPath}`,
      '--controllers=garbage-collector-controller,namespace-controller',
      '--leader-elect=false',
      '--secure-port=0',
    ],
    logFile: join(folder, 'kube-controller-manager.log'),
  });
}

describe('jobs and lists as people handle them, without any webhook', () => {
  let world: FaultWorld;
  let manager: ManagerProcess;
  let collector: Background;
  before(async () => {
    world = await startFaultWorld({ nodes: 6, pullMs: 300, failing: [] });
    collector = startGarbageCollection(world);
    manager = await world.startManager('manager');
  });
  after(async () => {
    await manager?.stop();
    await collector?.stop();
    await world?.[Symbol.asyncDispose]();
  });

  const job = (name: string, spec: Partial<ImagePullJob['spec']> = {}, namespace = 'default') =>
    world.client.create(IMAGE_PULL_JOBS, {
      metadata: { name, namespace },
      spec: {
        image: `registry.example/${name}:1`,
        parallelism: 6,
        completionPolicy: { type: 'Always' },
        ...spec,
      },
    });
  const list = (name: string, spec: Partial<ImageListPullJob['spec']> = {}) =>
    world.client.create(IMAGE_LIST_PULL_JOBS, {
      metadata: { name, namespace: 'default' },
      spec: {
        images: [`registry.example/${name}-a:1`, `registry.example/${name}-b:1`],
        parallelism: 6,
        completionPolicy: { type: 'Always' },
        ...spec,
      },
    });
  const exists = async (kind: string, name: string, namespace = 'default'): Promise<boolean> =>
    (await world.controlPlane.kubectl('get', kind, name, '-n', namespace)).code === 0;
  const mirrors = async (): Promise<readonly Secret[]> =>
    (await world.client.list(SECRETS, { namespace: MIRRORS })).items;
  const children = async (of: string): Promise<readonly ImagePullJob[]> =>
    (await world.client.list(IMAGE_PULL_JOBS, { labelSelector: `headstart/list-job=${of}` })).items;
  const waitFor = (condition: string, object: string): Promise<string> =>
    world.controlPlane.mustKubectl(['wait', `--for=${condition}`, object, '--timeout=90s']);
  const wanting = (name: string): readonly string[] =>
    world.daemons.wanting(`registry.example/${name}`);
  const gone = (what: string, isThere: () => Promise<boolean>): Promise<unknown> =>
    until(async () => !(await isThere()), { what: `${what} to go`, ...SOON });

  it('kubectl wait returns at the end, also after an edit that came later', async () => {
    await job('waited');
    await waitFor('condition=Complete', 'imagepulljob/waited');
    await world.controlPlane.patch(['imagepulljob', 'waited'], { spec: { parallelism: 1 } });
    await waitFor('condition=Complete', 'imagepulljob/waited');
    const columns = await world.controlPlane.mustKubectl(['get', 'imagepulljob', 'waited']);
    assert.match(columns, /waited\s+6\s+0\s+6\s+0\s+\S+\s+job has completed/);
    await list('waited-list');
    await waitFor('condition=Complete', 'imagelistpulljob/waited-list');
    await world.controlPlane.patch(['imagelistpulljob', 'waited-list'], {
      spec: { parallelism: 1 },
    });
    await waitFor('condition=Complete', 'imagelistpulljob/waited-list');
  });

  it('what no webhook judged and the schema lets pass ends as Failed, with reason and field', async () => {
    await job('slipped', { pullSecrets: ['Not A Name'] });
    await list('slipped-list', { pullSecrets: ['Not A Name'] });
    for (const object of ['imagepulljob/slipped', 'imagelistpulljob/slipped-list']) {
      await waitFor('condition=Failed', object);
      const path = 'jsonpath={.status.conditions[?(@.type=="Failed")].reason} {.status}';
      const status = await world.controlPlane.mustKubectl(['get', object, '-o', path]);
      assert.match(status, /^InvalidSpec .*spec\.pullSecrets\[0\]/);
    }
    assert.deepEqual(wanting('slipped'), []);
    assert.deepEqual(await children('slipped-list'), []);
  });

  it('TTL 0 deletes a job as soon as it ended, and its entries', async () => {
    await job('short', { completionPolicy: { type: 'Always', ttlSecondsAfterFinished: 0 } });
    await waitFor('delete', 'imagepulljob/short');
    await gone('its entries', async () => wanting('short').length > 0);
  });

  it('a list that is deleted in the foreground goes with its children, their entries and secrets', async () => {
    await list('front', { pullSecrets: [PULL_SECRET], parallelism: 0 });
    const claimed = async () => (await mirrors()).length === 1;
    await until(claimed, { what: 'the copy of the secret', ...SOON });
    await world.controlPlane.mustKubectl([
      'delete',
      'imagelistpulljob/front',
      '--cascade=foreground',
      '--timeout=90s',
    ]);
    assert.deepEqual(await children('front'), []);
    assert.deepEqual(await mirrors(), []);
    assert.deepEqual(wanting('front-a'), []);
  });

  it('a list that is deleted as orphan leaves its children, which go on', async () => {
    await list('orphan', { parallelism: 1 });
    await until(async () => (await children('orphan')).length === 2, {
      what: 'the children',
      ...SOON,
    });
    const orphan = ['delete', 'imagelistpulljob/orphan', '--cascade=orphan'];
    await world.controlPlane.mustKubectl(orphan);
    const left = await children('orphan');
    assert.equal(left.length, 2);
    for (const { metadata } of left) {
      await waitFor('condition=Complete', `imagepulljob/${metadata.name}`);
    }
  });

  it('a namespace goes although jobs with pull secrets run in it', async () => {
    const { mustKubectl } = world.controlPlane;
    await mustKubectl(['create', 'namespace', 'tenant']);
    const secret = ['create', 'secret', 'docker-registry', PULL_SECRET, '-n', 'tenant'];
    await mustKubectl([...secret, '--docker-username=u', '--docker-password=p']);
    await job('tenant', { pullSecrets: [PULL_SECRET], parallelism: 0 }, 'tenant');
    await until(async () => (await mirrors()).length === 1, { what: 'the copy', ...SOON });
    await mustKubectl(['delete', 'namespace', 'tenant', '--timeout=90s']);
    assert.equal(await exists('imagepulljob', 'tenant', 'tenant'), false);
    await gone('the copy of its secret', async () => (await mirrors()).length > 0);
  });

  it('jobs with pull secrets end and go although the namespace of the copies was deleted, with our role in it', async () => {
    const { mustKubectl } = world.controlPlane;
    await job('held', { pullSecrets: [PULL_SECRET], parallelism: 0 });
    await until(async () => (await mirrors()).length === 1, { what: 'the copy', ...SOON });
    await mustKubectl(['delete', 'namespace', MIRRORS, '--timeout=90s']);
    await mustKubectl(['delete', 'imagepulljob/held', '--timeout=90s']);
    await job('open', { pullSecrets: [PULL_SECRET] });
    await waitFor('condition=Complete', 'imagepulljob/open');
    await mustKubectl(['create', 'namespace', MIRRORS]);
    await job('without-role', { pullSecrets: [PULL_SECRET], parallelism: 0 });
    await waitFor('condition=PullSecretsReady=false', 'imagepulljob/without-role');
    await mustKubectl(['delete', 'imagepulljob/without-role', '--timeout=90s']);
  });

  it('a manager whose Deployment is deleted lets go of its jobs, so that their definition can go', async () => {
    const { mustKubectl, apply } = world.controlPlane;
    await manager.stop();
    const [deployment] = installManifests({}).filter(({ kind }) => kind === 'Deployment');
    assert.ok(deployment !== undefined);
    await apply(deployment);
    manager = await world.startManager('leaving');
    await job('unfinished', { pullSecrets: [PULL_SECRET], parallelism: 0 });
    const finalizers = ['-o', 'jsonpath={.metadata.finalizers}'];
    await until(
      async () => (await mustKubectl(['get', 'imagepulljob/unfinished', ...finalizers])) !== '',
      { what: 'the finalizer', ...SOON },
    );
    await mustKubectl(['delete', 'deployment', 'headstart-manager', '-n', SYSTEM_NAMESPACE]);
    assert.equal(await manager.stop(), 0);
    await mustKubectl(['delete', 'crd', 'imagepulljobs.apps.kruise.io', '--timeout=90s']);
  });
});
