import assert from 'node:assert/strict';
import type { Secret } from '../../../api/core.ts';
import { SECRETS } from '../../../api/resources.ts';
import { SecretStore } from '../../../daemon/credentials/secret-store.ts';
import { KubeError } from '../../../kube/kube-error.ts';
import { FakeKube } from '../../support/fake-kube.ts';

const secret = (name: string, password: string): Secret => ({
  metadata: { name, namespace: 'ns' },
  type: 'kubernetes.io/dockercfg',
  data: {
    '.dockercfg': Buffer.from(JSON.stringify({ reg: { username: 'u', password } })).toString(
      'base64',
    ),
  },
});

describe('SecretStore', () => {
  let kube: FakeKube;
  let store: SecretStore;
  beforeEach(() => {
    kube = new FakeKube();
    store = new SecretStore({ client: kube, clock: kube.clock });
  });

  const load = async (names: string[], fresh = false) => {
    const references = names.map(name => ({ namespace: 'ns', name }));
    const { signal } = new AbortController();
    const secrets = await store.load(references, { fresh, signal });
    return {
      passwords: secrets.flatMap(({ credentials }) => credentials.map(({ password }) => password)),
      problems: secrets.flatMap(({ problems }) => problems),
    };
  };
  const rotate = (name: string, password: string) =>
    kube.patch(SECRETS, { name, namespace: 'ns' }, { type: 'merge', body: secret(name, password) });
  const gets = () => kube.requests.filter(({ verb }) => verb === 'get').length;

  it('gives the credentials of all references in their order', async () => {
    kube.seed(SECRETS, secret('a', '1'));
    kube.seed(SECRETS, secret('b', '2'));
    assert.deepEqual(await load(['b', 'a']), { passwords: ['2', '1'], problems: [] });
  });

  it('names a missing secret and one that is malformed, and uses the others', async () => {
    kube.seed(SECRETS, secret('good', '1'));
    kube.seed(SECRETS, { ...secret('bad', '2'), data: { '.dockercfg': 'bm9wZQ==' } });
    assert.deepEqual(await load(['missing', 'bad', 'good']), {
      passwords: ['1'],
      problems: [
        'pull secret ns/missing not found',
        'pull secret ns/bad has a malformed .dockercfg',
      ],
    });
  });

  it('reads a secret once for tags that ask together, and again after a while', async () => {
    kube.seed(SECRETS, secret('a', 'old'));
    await Promise.all([load(['a']), load(['a'])]);
    assert.equal(gets(), 1);
    await rotate('a', 'new');
    assert.deepEqual((await load(['a'])).passwords, ['old']);
    await kube.clock.advance(30_000);
    assert.deepEqual((await load(['a'])).passwords, ['new']);
  });

  it('reads again at once when asked for fresh ones', async () => {
    kube.seed(SECRETS, secret('a', 'old'));
    await load(['a']);
    await rotate('a', 'new');
    assert.deepEqual((await load(['a'], true)).passwords, ['new']);
  });

  it('goes on with what it has while the API server does not answer', async () => {
    kube.seed(SECRETS, secret('a', '1'));
    await load(['a']);
    kube.before = () => {
      throw new KubeError('connection refused', { status: 0 });
    };
    assert.deepEqual(await load(['a', 'b'], true), {
      passwords: ['1'],
      problems: ['pull secret ns/b cannot be read: connection refused'],
    });
  });

  it('no longer uses a secret it may not read', async () => {
    kube.seed(SECRETS, secret('a', '1'));
    await load(['a']);
    kube.before = () => {
      throw new KubeError('secrets "a" is forbidden', { status: 403, reason: 'Forbidden' });
    };
    const { passwords, problems } = await load(['a'], true);
    assert.deepEqual(passwords, []);
    assert.match(problems.join(), /ns\/a cannot be read: .*forbidden/);
  });

  it('forgets secrets that nobody asks for', async () => {
    kube.seed(SECRETS, secret('a', '1'));
    await load(['a']);
    await kube.clock.advance(600_000);
    kube.before = () => {
      throw new KubeError('connection refused', { status: 0 });
    };
    assert.deepEqual((await load(['a'])).passwords, []);
  });
});
