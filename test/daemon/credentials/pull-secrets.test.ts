import assert from 'node:assert/strict';
import { SECRETS } from '../../../api/resources.ts';
import { pullSecretCredentials } from '../../../daemon/credentials/pull-secrets.ts';
import { SecretStore } from '../../../daemon/credentials/secret-store.ts';
import { FakeKube } from '../../support/fake-kube.ts';

const REFERENCES = 'imagepulljobs.kruise.io/references';

describe('pullSecretCredentials', () => {
  let kube: FakeKube;
  let find: ReturnType<typeof pullSecretCredentials>;
  beforeEach(() => {
    kube = new FakeKube();
    find = pullSecretCredentials(new SecretStore({ client: kube, clock: kube.clock }));
  });

  const seed = (name: string, registry: string, references?: string): void => {
    const entry = { username: `${name}-user`, password: 'pw' };
    const config = Buffer.from(JSON.stringify({ [registry]: entry })).toString('base64');
    kube.seed(SECRETS, {
      metadata: {
        name,
        namespace: 'ns',
        ...(references === undefined ? {} : { annotations: { [REFERENCES]: references } }),
      },
      type: 'kubernetes.io/dockercfg',
      data: { '.dockercfg': config },
    });
  };

  const users = async (names: readonly string[], jobs: readonly string[] = []) => {
    const { credentials, problems } = await find({
      repository: 'reg.test/app',
      pullSecrets: names.map(name => ({ namespace: 'ns', name })),
      jobs,
      fresh: false,
      signal: new AbortController().signal,
    });
    return { users: credentials.map(({ username }) => username), problems };
  };

  it('takes what matches the repository', async () => {
    seed('this', 'reg.test');
    seed('other', 'other.test');
    assert.deepEqual(await users(['this', 'other']), { users: ['this-user'], problems: [] });
  });

  it('asks for nothing when no secret is named', async () => {
    assert.deepEqual(await users([]), { users: [], problems: [] });
    assert.deepEqual(kube.requests, []);
  });

  it('uses a mirrored secret for the images of its jobs', async () => {
    seed('mirror', 'reg.test', 'team-a/job,team-b/job');
    assert.deepEqual((await users(['mirror'], ['team-b/job'])).users, ['mirror-user']);
  });

  it('uses it for nobody else, and says so', async () => {
    seed('mirror', 'reg.test', 'team-a/job');
    assert.deepEqual(await users(['mirror'], ['team-b/job']), {
      users: [],
      problems: ['pull secret ns/mirror is for other jobs'],
    });
    assert.deepEqual((await users(['mirror'])).users, []);
  });

  it('sees a job that joined after the secret was read', async () => {
    seed('mirror', 'reg.test', 'team-a/job');
    await users(['mirror'], ['team-a/job']);
    const annotations = { [REFERENCES]: 'team-a/job,team-b/job' };
    const body = { metadata: { annotations } };
    await kube.patch(SECRETS, { name: 'mirror', namespace: 'ns' }, { type: 'merge', body });
    assert.deepEqual((await users(['mirror'], ['team-b/job'])).users, ['mirror-user']);
  });
});
