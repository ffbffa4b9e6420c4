import assert from 'node:assert/strict';
import { DAEMON_SECRETS_NAMESPACE } from '../../../api/names.ts';
import type { Cluster } from '../cluster.ts';
import { until } from '../until.ts';
import { AT_ONCE, allNodes, imagePullJob, nodesWith, waitFor } from './objects.ts';

/** Tests with a registry that wants a password. */
export function describePrivateRegistry(theCluster: () => Cluster): void {
  let cluster: Cluster;
  before(async () => {
    cluster = theCluster();
    const { host, credentials } = cluster.privateRegistry;
    await cluster.mustKubectl([
      'create',
      'secret',
      'docker-registry',
      'robot',
      `--docker-server=${host}`,
      `--docker-username=${credentials.username}`,
      `--docker-password=${credentials.password}`,
    ]);
  });

  const mirrors = async (): Promise<string> => {
    const secrets = ['get', 'secrets', '-n', DAEMON_SECRETS_NAMESPACE, '-o', 'name'];
    return (await cluster.mustKubectl(secrets)).trim();
  };

  it('gives nodes the pull secret of a job while it lasts, and the image arrives', async () => {
    const { reference } = await cluster.privateRegistry.push('team/secret:1');
    const pullSecrets = ['robot'];
    const paused = { ...AT_ONCE, image: reference, pullSecrets, parallelism: 0 };
    await cluster.apply(imagePullJob('with-secret', paused));
    const mirror = await until(mirrors, { what: 'a copy of the secret' });
    assert.match(mirror, /^secret\/robot-\w+$/);
    assert.deepEqual(await nodesWith(cluster, reference), []);

    await cluster.patch(['imagepulljob/with-secret'], { spec: { parallelism: 4 } });
    await waitFor(cluster, 'imagepulljob/with-secret', 'Complete');
    assert.deepEqual(await nodesWith(cluster, reference), allNodes(cluster));
    await until(async () => (await mirrors()) === '', { what: 'the end of the copy' });
  });

  it('says Unauthorized without the secret', async () => {
    const { reference } = await cluster.privateRegistry.push('team/locked:1');
    await cluster.apply(imagePullJob('without-secret', { ...AT_ONCE, image: reference }));
    const { status } = await waitFor(cluster, 'imagepulljob/without-secret', 'Failed');
    assert.equal(status?.failed, 4);
    assert.deepEqual(await nodesWith(cluster, reference), []);
    assert.match(
      await cluster.mustKubectl(['get', 'imagepulljob', 'without-secret']),
      /^without-secret +4 +0 +0 +4 +\d+s +job has completed: 4 failed \(Unauthorized\)$/m,
    );
  });

  it('pulls by digest', async () => {
    const { reference, digest } = await cluster.privateRegistry.push('team/pinned:1');
    const image = reference.replace(/:1$/, `@${digest}`);
    const pullSecrets = ['robot'];
    await cluster.apply(imagePullJob('by-digest', { ...AT_ONCE, image, pullSecrets }));
    await waitFor(cluster, 'imagepulljob/by-digest', 'Complete');
    assert.deepEqual(await nodesWith(cluster, image), allNodes(cluster));
  });
}
