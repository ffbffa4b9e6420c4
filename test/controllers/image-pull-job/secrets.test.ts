import assert from 'node:assert/strict';
import { isConditionTrue } from '../../../api/conditions.ts';
import { IMAGE_PULL_JOBS, SECRETS } from '../../../api/resources.ts';
import { KubeError } from '../../../kube/kube-error.ts';
import { mirrorsIn, pullJob, pullSecret, startCluster } from '../cluster.ts';

const FINALIZER = 'apps.kruise.io/deletion-protection';
const withKey = { pullSecrets: ['key'] };

describe('image-pull-job controller: pull secrets', () => {
  it('W26: mirrors data and type only, notes the job, and gives the copy back at the end', async () => {
    await using cluster = await startCluster({
      seed: kube => kube.seed(SECRETS, pullSecret('key')),
    });
    await cluster.create(pullJob('warm', withKey));
    const [mirror, ...others] = mirrorsIn(cluster.kube);
    assert.ok(mirror);
    assert.deepEqual(others, []);
    const { metadata, type, data } = mirror;
    assert.equal(type, 'kubernetes.io/dockerconfigjson');
    assert.deepEqual(data, pullSecret('key').data);
    assert.equal(metadata.labels, undefined);
    assert.deepEqual(metadata.annotations, {
      'imagepulljobs.kruise.io/source-key': 'default/key',
      'imagepulljobs.kruise.io/references': 'default/warm',
      'imagepulljobs.kruise.io/mode': 'batch',
      'headstart/updated-at': '2026-01-01T00:00:00Z',
    });
    assert.deepEqual(cluster.nodeImage('node-01').spec.images?.['nginx']?.pullSecrets, [
      { namespace: 'kruise-daemon-config', name: metadata.name, mode: 'batch' },
    ]);
    const finalizers = () =>
      cluster.kube.read(IMAGE_PULL_JOBS, 'default/warm')?.metadata.finalizers;
    assert.deepEqual(finalizers(), [FINALIZER]);
    await cluster.run(3_000);
    assert.ok(cluster.status('warm').completionTime);
    assert.deepEqual(mirrorsIn(cluster.kube), []);
    assert.deepEqual(finalizers() ?? [], []);
  });

  it('never lists or watches Secrets', async () => {
    await using cluster = await startCluster({
      seed: kube => kube.seed(SECRETS, pullSecret('key')),
    });
    await cluster.create(pullJob('warm', withKey));
    await cluster.run(60_000);
    const verbs = cluster.kube.requests
      .filter(({ resource }) => resource === 'secrets')
      .map(({ verb }) => verb);
    assert.ok(verbs.includes('get'));
    assert.ok(!verbs.includes('list') && !verbs.includes('watch'));
  });

  it('W18: two jobs share one copy, and the first to end leaves it to the other', async () => {
    await using cluster = await startCluster({
      pullMs: 10_000,
      seed: kube => kube.seed(SECRETS, pullSecret('key')),
    });
    await cluster.create(pullJob('a', withKey));
    await cluster.run(5_000);
    await cluster.create(pullJob('b', { ...withKey, image: 'redis:7' }));
    const references = () =>
      mirrorsIn(cluster.kube).map(
        ({ metadata }) => metadata.annotations?.['imagepulljobs.kruise.io/references'],
      );
    assert.deepEqual(references(), ['default/a,default/b']);
    await cluster.run(6_000);
    assert.deepEqual(references(), ['default/b']);
    await cluster.run(6_000);
    assert.deepEqual(references(), []);
  });

  it('W18: a copy that another job claims in the same moment is not deleted', async () => {
    await using cluster = await startCluster({
      seed: kube => kube.seed(SECRETS, pullSecret('key')),
    });
    await cluster.create(pullJob('a', withKey));
    let raced = false;
    cluster.kube.before = async request => {
      if (request.verb !== 'delete' || request.resource !== 'secrets' || raced) return;
      raced = true;
      const name = { name: request.name ?? '', namespace: 'kruise-daemon-config' };
      const annotations = { 'imagepulljobs.kruise.io/references': 'default/a,default/other' };
      await cluster.kube.patch(SECRETS, name, {
        type: 'merge',
        body: { metadata: { annotations } },
      });
    };
    await cluster.run(3_000);
    assert.ok(raced);
    const [mirror] = mirrorsIn(cluster.kube);
    assert.equal(
      mirror?.metadata.annotations?.['imagepulljobs.kruise.io/references'],
      'default/other',
    );
  });

  it('W22: a missing source is a condition and an event; when it appears, the failed nodes start again', async () => {
    let allowed = false;
    await using cluster = await startCluster({
      nodes: 4,
      end: ({ node }) => {
        if (node === 'node-04') return 'hangs';
        return allowed ? 'succeeds' : { reason: 'Unauthorized', message: '401' };
      },
    });
    await cluster.create(pullJob('warm', withKey));
    await cluster.run(5_000);
    const before = cluster.status('warm');
    assert.deepEqual(before.failedNodes, ['node-01', 'node-02', 'node-03']);
    const condition = before.conditions?.find(({ type }) => type === 'PullSecretsReady');
    assert.equal(condition?.status, 'False');
    assert.equal(condition?.message, 'secret default/key does not exist');
    allowed = true;
    await cluster.kube.create(SECRETS, pullSecret('key'));
    await cluster.run(35_000);
    const after = cluster.status('warm');
    assert.deepEqual([after.succeeded, after.failed, after.active], [3, 0, 1]);
    assert.ok(isConditionTrue(after.conditions, 'PullSecretsReady'));
    assert.equal(cluster.daemons.pulls.length, 7);
    const events = await cluster.events();
    assert.ok(events.includes('Warning FailedPullSecret: secret default/key does not exist'));
  });

  it('W22: a changed source is copied and starts the failed nodes again, only those', async () => {
    let password = 'wrong';
    await using cluster = await startCluster({
      nodes: 3,
      seed: kube => kube.seed(SECRETS, pullSecret('key', 'wrong')),
      end: ({ node }) => {
        if (node === 'node-03') return 'hangs';
        if (node === 'node-02') return 'succeeds';
        return password === 'right' ? 'succeeds' : { reason: 'Unauthorized', message: '401' };
      },
    });
    await cluster.create(pullJob('warm', withKey));
    await cluster.run(5_000);
    password = 'right';
    const body = { data: pullSecret('key', 'right').data };
    await cluster.kube.patch(
      SECRETS,
      { name: 'key', namespace: 'default' },
      { type: 'merge', body },
    );
    await cluster.run(60_000);
    assert.equal(cluster.status('warm').succeeded, 2);
    assert.deepEqual(cluster.daemons.nodes, ['node-01', 'node-02', 'node-03', 'node-01']);
    assert.deepEqual(mirrorsIn(cluster.kube)[0]?.data, body.data);
  });

  it('replaces the copy when the type of the source changed', async () => {
    await using cluster = await startCluster({
      end: () => 'hangs',
      seed: kube => kube.seed(SECRETS, { ...pullSecret('key'), type: 'Opaque' }),
    });
    await cluster.create(pullJob('warm', { ...withKey, parallelism: 1 }));
    await cluster.kube.delete(SECRETS, { name: 'key', namespace: 'default' });
    await cluster.kube.create(SECRETS, pullSecret('key'));
    await cluster.run(31_000);
    assert.equal(mirrorsIn(cluster.kube)[0]?.type, 'kubernetes.io/dockerconfigjson');
  });

  it('W20: a job is deleted at once, whatever became of the namespace of the copies and of its nodes', async () => {
    await using cluster = await startCluster({
      end: () => 'hangs',
      seed: kube => kube.seed(SECRETS, pullSecret('key')),
    });
    await cluster.create(pullJob('warm', withKey));
    const [mirror] = mirrorsIn(cluster.kube);
    await cluster.kube.delete(SECRETS, {
      name: mirror?.metadata.name ?? '',
      namespace: 'kruise-daemon-config',
    });
    await cluster.remove('warm');
    assert.equal(cluster.kube.read(IMAGE_PULL_JOBS, 'default/warm'), undefined);
    assert.deepEqual(cluster.holding(), []);
  });

  it('W20: a missing namespace of the copies is a condition, and the pulls go on', async () => {
    await using cluster = await startCluster({
      seed: kube => kube.seed(SECRETS, pullSecret('key')),
    });
    cluster.kube.before = ({ verb, resource }) => {
      if (verb !== 'create' || resource !== 'secrets') return;
      throw new KubeError('namespaces "kruise-daemon-config" not found', {
        status: 404,
        reason: 'NotFound',
      });
    };
    await cluster.create(pullJob('warm', withKey));
    const condition = cluster
      .status('warm')
      .conditions?.find(({ type }) => type === 'PullSecretsReady');
    assert.equal(condition?.message, 'namespace kruise-daemon-config does not exist');
    await cluster.run(3_000);
    assert.equal(cluster.status('warm').succeeded, 3);
  });

  it('W20: a terminating namespace of the copies is a condition, and the pulls go on', async () => {
    await using cluster = await startCluster({
      seed: kube => kube.seed(SECRETS, pullSecret('key')),
    });
    cluster.kube.before = ({ verb, resource }) => {
      if (verb !== 'create' || resource !== 'secrets') return;
      throw new KubeError('namespace kruise-daemon-config is being terminated', {
        status: 403,
        reason: 'Forbidden',
      });
    };
    await cluster.create(pullJob('warm', withKey));
    const { conditions } = cluster.status('warm');
    const condition = conditions?.find(({ type }) => type === 'PullSecretsReady');
    assert.match(condition?.message ?? '', /default\/key can't be copied: .* being terminated/);
    await cluster.run(3_000);
    assert.equal(cluster.status('warm').succeeded, 3);
  });

  it('W20: a job goes although the role in the namespace of the copies went with that namespace', async () => {
    await using cluster = await startCluster({
      end: () => 'hangs',
      seed: kube => kube.seed(SECRETS, pullSecret('key')),
    });
    await cluster.create(pullJob('warm', withKey));
    cluster.kube.before = ({ resource, namespace }) => {
      if (resource !== 'secrets' || namespace !== 'kruise-daemon-config') return;
      throw new KubeError('secrets is forbidden', { status: 403, reason: 'Forbidden' });
    };
    await cluster.remove('warm');
    assert.equal(cluster.kube.read(IMAGE_PULL_JOBS, 'default/warm'), undefined);
    assert.deepEqual(
      cluster.log.at('warn').map(({ message }) => message),
      ['Left copies of pull secrets'],
    );
  });

  it('W20: a job with pull secrets goes in the foreground, and with its namespace', async () => {
    await using cluster = await startCluster({
      end: () => 'hangs',
      seed: kube => kube.seed(SECRETS, pullSecret('key')),
    });
    await cluster.create(pullJob('warm', withKey));
    // What the API server says to whoever creates something in a namespace that is going.
    cluster.kube.before = ({ verb, namespace }) => {
      if (verb !== 'create' || namespace !== 'default') return;
      throw new KubeError('namespace default is being terminated', { status: 403 });
    };
    const name = { name: 'warm', namespace: 'default' };
    await cluster.kube.delete(IMAGE_PULL_JOBS, name, { propagationPolicy: 'Foreground' });
    await cluster.run(1_000);
    const left = cluster.kube.read(IMAGE_PULL_JOBS, 'default/warm');
    assert.deepEqual(
      left?.metadata.finalizers ?? [],
      [],
      'ours is off, the garbage collector took its own',
    );
    assert.deepEqual(mirrorsIn(cluster.kube), []);
    assert.deepEqual(cluster.holding(), []);
  });

  it('uses the secrets of a job beside the daemons where they are', async () => {
    await using cluster = await startCluster();
    const job = pullJob('warm', withKey);
    await cluster.create({ ...job, metadata: { name: 'warm', namespace: 'kruise-daemon-config' } });
    assert.deepEqual(cluster.nodeImage('node-01').spec.images?.['nginx']?.pullSecrets, [
      { namespace: 'kruise-daemon-config', name: 'key' },
    ]);
    const stored = cluster.kube.read(IMAGE_PULL_JOBS, 'kruise-daemon-config/warm');
    assert.equal(stored?.metadata.finalizers, undefined);
  });

  it('a second job with other credentials does not take over a pull that was started without them', async () => {
    await using cluster = await startCluster({
      nodes: 1,
      pullMs: 10_000,
      seed: kube => kube.seed(SECRETS, pullSecret('key')),
    });
    await cluster.create(pullJob('a'));
    await cluster.create(pullJob('b', withKey));
    assert.equal(cluster.entry('node-01')?.version, 1);
    await cluster.run(12_000);
    assert.equal(cluster.status('a').succeeded, 1);
    assert.equal(cluster.status('b').succeeded, 1);
  });
});
