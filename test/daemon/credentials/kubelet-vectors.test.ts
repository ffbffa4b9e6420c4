import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { credentialsFrom } from '../../../daemon/credentials/credential-part.ts';
import { Keyring } from '../../../daemon/credentials/keyring.ts';
import { NodeCredentials } from '../../../daemon/credentials/node-credentials.ts';
import { pullSecretCredentials } from '../../../daemon/credentials/pull-secrets.ts';
import { SecretStore } from '../../../daemon/credentials/secret-store.ts';
import { FakeKube } from '../../support/fake-kube.ts';
import { answer, createPluginWorld, type PluginWorld, provider } from './plugin-world.ts';
import { base64, configJson, dockercfg, pullSecret } from './secret-objects.ts';

/**
 * What kubelet does with credentials, case by case in the order of the sections 4.3 to 4.6 of the project's reference of node daemons
 * (node-daemon.md), through everything that the daemon itself goes through.
 */
describe('credentials as kubelet has them', () => {
  let world: PluginWorld;
  let kube: FakeKube;
  beforeEach(async () => {
    world = await createPluginWorld();
    kube = new FakeKube();
  });
  afterEach(() => world[Symbol.asyncDispose]());

  const nodeFile = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(world.path(path)), { recursive: true });
    await writeFile(world.path(path), text);
  };

  /** Users in the order in which they are tried, and whether kubelet would pull without any. */
  const find = async (repository: string, secrets: readonly string[] = ['secret']) => {
    const node = new NodeCredentials(
      {
        dockerConfig: {
          kubeletDir: world.path('kubelet'),
          workingDir: world.path('work'),
          homeDir: world.path('home'),
        },
        plugins: { configPath: world.configPath, binDir: world.binDir },
      },
      world,
    );
    const store = new SecretStore({ client: kube, clock: kube.clock });
    const { credentials, problems } = await credentialsFrom([
      pullSecretCredentials(store),
      node.find,
    ])({
      repository,
      pullSecrets: secrets.map(name => ({ namespace: 'ns', name })),
      jobs: [],
      fresh: false,
      signal: new AbortController().signal,
    });
    await node.close();
    const tried = credentials.map(({ username, password }) => `${username}:${password}`);
    return { tried, problems };
  };

  describe('4.3 formats', () => {
    const entries: { name: string; entry: object; tried: readonly string[] }[] = [
      { name: 'username and password', entry: { username: 'u', password: 'p' }, tried: ['u:p'] },
      {
        name: 'auth overrides them',
        entry: { auth: base64('a:b'), username: 'u', password: 'p' },
        tried: ['a:b'],
      },
      { name: 'padded', entry: { auth: 'dTpwYQ==' }, tried: ['u:pa'] },
      { name: 'unpadded', entry: { auth: 'dTpwYQ' }, tried: ['u:pa'] },
      { name: 'line breaks within', entry: { auth: 'dTpw\r\nYQ==\n' }, tried: ['u:pa'] },
      { name: 'a trailing space is an error', entry: { auth: 'dTpwYQ== ' }, tried: [] },
      { name: 'split at the first colon', entry: { auth: base64('u:p:q') }, tried: ['u:p:q'] },
      { name: 'no colon is an error', entry: { auth: base64('up') }, tried: [] },
      { name: 'null is as good as absent', entry: { username: 'u', auth: null }, tried: ['u:'] },
      { name: 'names in any case', entry: { Username: 'u', PASSWORD: 'p' }, tried: ['u:p'] },
      { name: 'identitytoken is not read', entry: { identitytoken: 't' }, tried: [] },
      { name: 'registrytoken is not read', entry: { registrytoken: 't' }, tried: [] },
    ];
    for (const { name, entry, tried } of entries) {
      for (const format of [configJson, dockercfg]) {
        it(`${format.name}: ${name}`, async () => {
          pullSecret(kube, 'secret', format({ 'reg.test': entry }));
          assert.deepEqual((await find('reg.test/app')).tried, tried);
        });
      }
    }

    it('HttpHeaders are ignored', async () => {
      const secret = configJson(
        { 'reg.test': { auth: base64('u:p') } },
        { HttpHeaders: { a: 'b' } },
      );
      pullSecret(kube, 'secret', secret);
      assert.deepEqual((await find('reg.test/app')).tried, ['u:p']);
    });

    it('an Opaque secret never works', async () => {
      const secret = configJson({ 'reg.test': { auth: base64('u:p') } });
      pullSecret(kube, 'secret', { ...secret, type: 'Opaque' });
      assert.deepEqual((await find('reg.test/app')).tried, []);
    });

    it('a dockercfg with an auths wrapper matches nothing', async () => {
      pullSecret(kube, 'secret', dockercfg({ auths: { 'reg.test': { auth: base64('u:p') } } }));
      assert.deepEqual((await find('reg.test/app')).tried, []);
    });

    it('one malformed secret hides no other (unlike kubelet, D16)', async () => {
      pullSecret(kube, 'bad', configJson({ 'reg.test': { auth: '!' } }));
      pullSecret(kube, 'good', configJson({ 'reg.test': { auth: base64('u:p') } }));
      assert.deepEqual((await find('reg.test/app', ['bad', 'good'])).tried, ['u:p']);
    });
  });

  describe('4.4 keyring matching', () => {
    const vectors: [key: string, image: string, matches: boolean][] = [
      ['*.kubernetes.io', 'prefix.kubernetes.io', true],
      ['prefix.*.io', 'prefix.kubernetes.io', true],
      ['prefix.kubernetes.*', 'prefix.kubernetes.io', true],
      ['*-good.kubernetes.io', 'prefix-good.kubernetes.io', true],
      ['*.kubernetes.io/blah', 'prefix.kubernetes.io/blah', true],
      ['prefix.*.io/foo', 'prefix.kubernetes.io/foo/bar', true],
      ['*.kubernetes.io:1111/blah', 'prefix.kubernetes.io:1111/blah', true],
      ['*kubernetes.io', 'kubernetes.io', true],
      ['*.*.*.kubernetes.io', 'a.b.c.kubernetes.io', true],
      ['*.kubernetes.io', 'kubernetes.io', false],
      ['*.*.kubernetes.io', 'prefix.kubernetes.io', false],
      ['*kubernetes.io', 'a.kubernetes.io', false],
      ['kubernetes.io', 'kubernetes.com', false],
      ['k*.io', 'quay.io', false],
      ['*.kubernetes.io:1111/blah', 'prefix.kubernetes.io/blah', false],
      ['*.kubernetes.io/blah', 'prefix.kubernetes.io:1111/blah', false],
      ['*.kubernetes.io:1111/blah', 'prefix.kubernetes.io:2222/blah', false],
      // 1 to 3: keys are normalised, and paths are prefixes as raw strings.
      ['https://index.docker.io/v1/', 'index.docker.io/team/app', true],
      ['http://reg.test/v2/team', 'reg.test/team/app', true],
      ['reg.test/', 'reg.test/app', true],
      ['reg.test/app', 'reg.test/app2', true],
      ['reg.test', 'reg.test:443/app', false],
      ['https://reg.test:443', 'reg.test/app', false],
      ['reg[.test', 'reg[.test/app', false],
    ];
    for (const [key, image, matches] of vectors) {
      it(`${key} ${matches ? 'matches' : 'does not match'} ${image}`, () => {
        const found = new Keyring([{ key, username: 'u', password: 'p' }]).lookup(image);
        assert.equal(found.length, matches ? 1 : 0);
      });
    }

    // 5: when nothing else matches, an image of Docker Hub takes what stands under its old name.
    const hub: [image: string, isOnHub: boolean][] = [
      ['foo', true],
      ['foo/bar', true],
      ['docker.io/foo/bar', true],
      ['index.docker.io/foo/bar', true],
      ['', false],
      ['registry.tld/foo/bar', false],
      ['registry:5000/foo/bar', false],
      ['myhostdocker.io/foo/bar', false],
    ];
    for (const [image, isOnHub] of hub) {
      it(`'${image}' ${isOnHub ? 'is' : 'is not'} on the default registry`, () => {
        const entry = { key: 'https://index.docker.io/v1/', username: 'u', password: 'p' };
        assert.equal(new Keyring([entry]).lookup(image).length, isOnHub ? 1 : 0);
      });
    }

    it('all that match are tried: keys byte-wise descending, equal ones in the order of the secrets', async () => {
      const auth = (user: string): object => ({ auth: base64(`${user}:p`) });
      const [first, second] = ['first', 'second'].map(name =>
        configJson({
          '*.test': auth(`${name}-glob`),
          'reg.test': auth(`${name}-host`),
          'https://reg.test/v1/team': auth(`${name}-team`),
        }),
      );
      assert.ok(first !== undefined && second !== undefined);
      pullSecret(kube, 'first', first);
      pullSecret(kube, 'second', second);
      const users = ['team', 'host', 'glob'].flatMap(key => [`first-${key}:p`, `second-${key}:p`]);
      assert.deepEqual((await find('reg.test/team/app', ['first', 'second'])).tried, users);
    });
  });

  describe('4.5 order of attempts', () => {
    const file = (user: string, key = 'reg.test'): string =>
      JSON.stringify({ auths: { [key]: { auth: base64(`${user}:p`) } } });

    it('secrets first, then the files of the node and the plugins in one keyring', async () => {
      pullSecret(kube, 'secret', configJson({ '*.test': { auth: base64('secret:p') } }));
      await nodeFile('kubelet/config.json', file('file'));
      await world.answering('b', answer('b', { auth: { 'reg.test': { username: 'b' } } }));
      await world.answering('a', answer('a', { auth: { 'reg.test/team': { username: 'a' } } }));
      await world.configure([provider('b'), provider('a')]);
      const { tried } = await find('reg.test/team/app');
      assert.deepEqual(tried, ['secret:p', 'a:', 'file:p', 'b:']);
    });

    it('plugins by name, when their keys are equal', async () => {
      for (const name of ['b', 'a']) await world.answering(name, answer(name));
      await world.configure([provider('b'), provider('a')]);
      assert.deepEqual((await find('reg.test/app', [])).tried, ['a:pw', 'b:pw']);
    });

    // Kubelet's folders, config.json in all of them before .dockercfg in any.
    const paths = [
      'kubelet/config.json',
      'work/config.json',
      'home/.docker/config.json',
      'kubelet/.dockercfg',
      'work/.dockercfg',
      'home/.dockercfg',
    ];
    for (const [i, path] of paths.entries()) {
      it(`of the files, ${path} is number ${i + 1}`, async () => {
        for (const each of paths.slice(i)) {
          const entry = { auth: base64(`${each}:p`) };
          const registries = { 'reg.test': entry };
          const isOld = each.endsWith('.dockercfg');
          await nodeFile(each, JSON.stringify(isOld ? registries : { auths: registries }));
        }
        assert.deepEqual((await find('reg.test/app', [])).tried, [`${path}:p`]);
      });
    }

    it('a file that is malformed is passed over', async () => {
      await nodeFile('kubelet/config.json', '{"auths":');
      await nodeFile('home/.docker/config.json', file('home'));
      const { tried, problems } = await find('reg.test/app', []);
      assert.deepEqual(tried, ['home:p']);
      assert.match(problems.join(), /kubelet\/config.json is malformed/);
    });

    it('a file that changes counts at once', async () => {
      await nodeFile('kubelet/config.json', file('old'));
      await find('reg.test/app', []);
      await nodeFile('kubelet/config.json', file('new'));
      assert.deepEqual((await find('reg.test/app', [])).tried, ['new:p']);
    });

    it('anonymous when there is nothing at all', async () => {
      assert.deepEqual((await find('reg.test/app', [])).tried, []);
    });
  });

  describe('4.6 exec credential provider plugins', () => {
    it("a plugin's keys are keys of the keyring", async () => {
      const auth = {
        'reg.test/other': { username: 'other', password: 'p' },
        'https://*.test/v1/': { username: 'u', password: 'p' },
      };
      await world.answering('p', answer('x', { auth }));
      await world.configure([provider('p')]);
      assert.deepEqual((await find('reg.test/app', [])).tried, ['u:p']);
    });

    it('a plugin that fails means no credentials, and the next source counts', async () => {
      await world.program('p', 'exit 1');
      await world.configure([provider('p')]);
      await nodeFile('kubelet/config.json', '{"auths":{"reg.test":{"auth":"dTpw"}}}');
      assert.deepEqual((await find('reg.test/app', [])).tried, ['u:p']);
    });
  });
});
