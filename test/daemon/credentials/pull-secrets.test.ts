import assert from 'node:assert/strict';
import { SECRETS } from '../../../api/resources.ts';
import { credentialsFrom } from '../../../daemon/credentials/credential-part.ts';
import type { CredentialSource } from '../../../daemon/credentials/credential-source.ts';
import { pullSecretCredentials } from '../../../daemon/credentials/pull-secrets.ts';
import { SecretStore } from '../../../daemon/credentials/secret-store.ts';
import { FakeKube } from '../../support/fake-kube.ts';

const REFERENCES = 'imagepulljobs.kruise.io/references';

describe('pullSecretCredentials', () => {
  let kube: FakeKube;
  let find: CredentialSource;
  beforeEach(() => {
    kube = new FakeKube();
    const store = new SecretStore({ client: kube, clock: kube.clock });
    find = credentialsFrom([pullSecretCredentials(store)]);
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
    const { credentials, problems, absence } = await find({
      repository: 'reg.test/app',
      pullSecrets: names.map(name => ({ namespace: 'ns', name })),
      jobs,
      fresh: false,
      signal: new AbortController().signal,
    });
    const users = credentials.map(({ username }) => username);
    return { users, problems, ...(absence === undefined ? {} : { absence }) };
  };

  it('takes what matches the repository', async () => {
    seed('this', 'reg.test');
    seed('other', 'other.test');
    assert.deepEqual(await users(['this', 'other']), { users: ['this-user'], problems: [] });
  });

  it('asks for nothing when no secret is named', async () => {
    assert.deepEqual((await users([])).users, []);
    assert.deepEqual(kube.requests, []);
  });

  it('says where it looked when there are none', async () => {
    seed('a', 'other.test');
    assert.equal(
      (await users(['a'])).absence,
      'no credential for registry reg.test: pull secret ns/a has none for it',
    );
    assert.equal(
      (await users([])).absence,
      'no credential for registry reg.test: no pull secret is named',
    );
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
      absence: 'no credential for registry reg.test',
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
