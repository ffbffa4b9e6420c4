import assert from 'node:assert/strict';
import { SECRETS } from '../../api/resources.ts';
import { type DaemonWorld, startDaemonWorld } from './daemon-world.ts';
import { tagSpec } from './node-images.ts';

describe('daemon and pull secrets', () => {
  let world: DaemonWorld;
  beforeEach(async () => {
    world = await startDaemonWorld();
  });
  afterEach(() => world[Symbol.asyncDispose]());

  const pulls = (): number => world.cri.runtime.counters.pulls;

  const secret = (data: string) => ({
    metadata: { name: 'pull', namespace: 'kruise-daemon-config' },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from(data).toString('base64') },
  });
  const config = JSON.stringify({ auths: { 'reg.test': { username: 'robot', password: 'pw' } } });
  const pullSecrets = [{ namespace: 'kruise-daemon-config', name: 'pull' }];

  beforeEach(async () => {
    world.push('reg.test/app:1');
    world.registry.protect('reg.test/app', { robot: 'pw' });
    await world.want({ 'reg.test/app': { tags: [tagSpec('1')], pullSecrets } });
  });

  it('uses the pull secrets of the image', async () => {
    world.kube.seed(SECRETS, secret(config));
    world.startDaemon();
    assert.equal((await world.result('reg.test/app', '1')).phase, 'Succeeded');
  });

  it('names the secret that is missing', async () => {
    world.startDaemon();
    const { reason, message } = await world.result('reg.test/app', '1');
    assert.equal(reason, 'Unauthorized');
    assert.match(
      message ?? '',
      /^pull secret kruise-daemon-config\/pull not found; .*401 Unauthorized$/,
    );
  });

  it('takes a secret that comes after the first refusal', async () => {
    world.startDaemon();
    await world.until('the refusal', () => pulls() === 1);
    world.kube.seed(SECRETS, secret(config));
    assert.equal((await world.result('reg.test/app', '1')).phase, 'Succeeded');
  });

  it('takes the new password of a secret that changes after a refusal', async () => {
    world.kube.seed(SECRETS, secret(config.replace('"pw"', '"old"')));
    world.startDaemon();
    await world.until('the refusal', () => pulls() === 1);
    const key = { name: 'pull', namespace: 'kruise-daemon-config' };
    await world.kube.patch(SECRETS, key, { type: 'merge', body: secret(config) });
    assert.equal((await world.result('reg.test/app', '1')).phase, 'Succeeded');
  });

  it('no longer uses a secret that is deleted after a refusal', async () => {
    world.kube.seed(SECRETS, secret(config.replace('"pw"', '"old"')));
    world.startDaemon();
    await world.until('the refusal', () => pulls() === 1);
    await world.kube.delete(SECRETS, { name: 'pull', namespace: 'kruise-daemon-config' });
    const { message } = await world.result('reg.test/app', '1');
    assert.match(message ?? '', /^pull secret kruise-daemon-config\/pull not found; /);
  });

  it('reads no secret for an image that is there', async () => {
    world.kube.seed(SECRETS, secret(config));
    await world.cri.runtime.pull(
      'reg.test/app:1',
      { auth: { username: 'robot', password: 'pw' } },
      new AbortController().signal,
    );
    world.startDaemon();
    await world.result('reg.test/app', '1');
    assert.deepEqual(
      world.kube.requests.filter(({ resource }) => resource === 'secrets'),
      [],
    );
  });
});
