import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CredentialPlugins } from '../../../daemon/credentials/credential-plugins.ts';
import { answer, createPluginWorld, type PluginWorld, PROTOCOL, provider } from './plugin-world.ts';

const HOUR_MS = 3_600_000;

describe('CredentialPlugins', () => {
  let world: PluginWorld;
  beforeEach(async () => {
    world = await createPluginWorld();
  });
  afterEach(() => world[Symbol.asyncDispose]());

  /** One plugin `p` that answers so. */
  const onePlugin = async (fields: object = {}, config: object = {}): Promise<void> => {
    await world.answering('p', answer('robot', { ...fields }));
    await world.configure([provider('p', { ...config })]);
  };

  it('gives a plugin the image, the arguments and the environment of the configuration', async () => {
    await world.answering('p', answer('robot'));
    const answering = await readFile(join(world.binDir, 'p'), 'utf8');
    const seen = `echo "$1 $INHERITED $MINE" > ${world.path('seen')}`;
    await writeFile(join(world.binDir, 'p'), `${answering}${seen}\n`);
    const env = [{ name: 'MINE', value: 'v' }];
    await world.configure([provider('p', { args: ['get'], env })]);
    assert.deepEqual(await world.users('reg.test/team/app'), ['p: robot']);
    assert.deepEqual(JSON.parse(await readFile(world.path('p.stdin'), 'utf8')), {
      kind: 'CredentialProviderRequest',
      apiVersion: PROTOCOL,
      image: 'reg.test/team/app',
    });
    assert.equal(await readFile(world.path('seen'), 'utf8'), 'get yes v\n');
  });

  it('lets the environment of the configuration win', async () => {
    await world.program('p', `echo "$INHERITED" > ${world.path('seen')}; exit 1`);
    await world.configure([provider('p', { env: [{ name: 'INHERITED', value: 'no' }] })]);
    await world.ask('reg.test/app');
    assert.equal(await readFile(world.path('seen'), 'utf8'), 'no\n');
  });

  it('runs no plugin for an image that it is not for', async () => {
    await onePlugin();
    assert.deepEqual(await world.ask('reg.other/app'), { gifts: [], problems: [] });
    assert.equal(await world.runs('p'), 0);
  });

  it('asks all plugins that are for an image, and orders them by name', async () => {
    for (const name of ['b', 'a']) await world.answering(name, answer(`${name}-user`));
    await world.configure([provider('b'), provider('a')]);
    assert.deepEqual(await world.users('reg.test/app'), ['a: a-user', 'b: b-user']);
  });

  describe('keeps an answer', () => {
    const kept: { name: string; type: string; same: string; other?: string }[] = [
      { name: 'for the image', type: 'Image', same: 'a.test/app', other: 'a.test/app2' },
      { name: 'for the registry', type: 'Registry', same: 'a.test/x', other: 'a.test:5000/app' },
      { name: 'for all images', type: 'Global', same: 'b.test/x' },
    ];
    for (const { name, type, same, other } of kept) {
      it(`${name} when cacheKeyType is ${type}`, async () => {
        await onePlugin({ cacheKeyType: type }, { matchImages: ['*.test', '*.test:5000'] });
        await world.users('a.test/app');
        assert.deepEqual(await world.users(same), ['p: robot']);
        assert.equal(await world.runs('p'), 1);
        if (other === undefined) return;
        await world.users(other);
        assert.equal(await world.runs('p'), 2);
      });
    }

    const durations: { name: string; fields: object; config: object; keptMs: number }[] = [
      {
        name: 'as long as it says',
        fields: { cacheDuration: '1h30m' },
        config: {},
        keptMs: 1.5 * HOUR_MS,
      },
      {
        name: 'as long as the configuration says when it does not',
        fields: {},
        config: { defaultCacheDuration: '10s' },
        keptMs: 10_000,
      },
    ];
    for (const { name, fields, config, keptMs } of durations) {
      it(name, async () => {
        await onePlugin(fields, config);
        await world.users('reg.test/app');
        await world.clock.advance(keptMs - 1);
        await world.users('reg.test/app');
        assert.equal(await world.runs('p'), 1);
        await world.clock.advance(1);
        await world.users('reg.test/app');
        assert.equal(await world.runs('p'), 2);
      });
    }

    it('not at all when its duration is 0', async () => {
      await onePlugin({ cacheDuration: '0s' });
      await world.users('reg.test/app');
      await world.users('reg.test/app');
      assert.equal(await world.runs('p'), 2);
    });

    it('also when it has no credentials', async () => {
      await onePlugin({ auth: null });
      assert.deepEqual(await world.users('reg.test/app'), []);
      await world.users('reg.test/app');
      assert.equal(await world.runs('p'), 1);
    });

    it('until a fresh one is wanted', async () => {
      await onePlugin();
      await world.users('reg.test/app');
      await world.answering('p', answer('renewed'));
      assert.deepEqual(await world.users('reg.test/app', { fresh: true }), ['p: renewed']);
      assert.deepEqual(await world.users('reg.test/app'), ['p: renewed']);
    });

    it('but no failure', async () => {
      await world.program('p', 'exit 1');
      await world.configure([provider('p')]);
      await world.problems('reg.test/app');
      await world.answering('p', answer('robot'));
      assert.deepEqual(await world.users('reg.test/app'), ['p: robot']);
    });
  });

  describe('runs one program', () => {
    const pullsOf = (count: number, image: (i: number) => string): Promise<string[][]> =>
      Promise.all(Array.from({ length: count }, (_, i) => world.users(image(i))));

    it('for 50 pulls of one image', async () => {
      await onePlugin({ cacheKeyType: 'Image', cacheDuration: '0s' });
      const users = await pullsOf(50, () => 'reg.test/app');
      assert.deepEqual(new Set(users.flat()), new Set(['p: robot']));
      assert.equal(await world.runs('p'), 1);
    });

    it('for 50 images of one registry', async () => {
      await onePlugin();
      const users = await pullsOf(50, i => `reg.test/app${i}`);
      assert.equal(users.flat().length, 50);
      assert.equal(await world.runs('p'), 1);
    });

    it('for each image when its answers are for one image', async () => {
      await onePlugin({ cacheKeyType: 'Image' });
      await pullsOf(6, i => `reg.test/app${i % 3}`);
      assert.equal(await world.runs('p'), 3);
    });

    it('that fails for all that wait for it', async () => {
      await world.program('p', 'exit 1');
      await world.configure([provider('p')]);
      await pullsOf(20, i => `reg.test/app${i}`);
      assert.equal(await world.runs('p'), 1);
    });

    it('which goes on for the others when one pull ends', async () => {
      await onePlugin();
      const abort = new AbortController();
      const asking = { fresh: false, signal: abort.signal };
      const stopped = world.plugins.ask('reg.test/app', asking);
      const other = world.users('reg.test/app');
      abort.abort(new Error('nobody wants it'));
      await assert.rejects(stopped, /nobody wants it/);
      assert.deepEqual(await other, ['p: robot']);
      assert.equal(await world.runs('p'), 1);
    });
  });

  describe('when its configuration changes', () => {
    it('runs what is new and forgets what is gone', async () => {
      await onePlugin();
      await world.users('reg.test/app');
      await world.answering('q', answer('other'));
      await world.configure([provider('q')]);
      assert.deepEqual(await world.users('reg.test/app'), ['q: other']);
    });

    it('keeps what the plugins answered that stay as they are', async () => {
      await onePlugin();
      await world.users('reg.test/app');
      await world.answering('q', answer('other'));
      await world.configure([provider('p'), provider('q')]);
      assert.deepEqual(await world.users('reg.test/app'), ['p: robot', 'q: other']);
      assert.equal(await world.runs('p'), 1);
    });

    it('forgets the answers of a plugin whose configuration changed', async () => {
      await onePlugin();
      await world.users('reg.test/app');
      await world.configure([provider('p', { args: ['other'] })]);
      await world.users('reg.test/app');
      assert.equal(await world.runs('p'), 2);
    });

    it('goes on with what it had when the new one cannot be read, and says so once', async () => {
      await onePlugin();
      await world.users('reg.test/app');
      await writeFile(world.configPath, 'providers:\n  - name: {hunter2\n');
      const problem = /^credential plugin configuration \/.*config.yaml: is malformed in line 3/;
      assert.match((await world.problems('reg.test/app')).join(), problem);
      assert.deepEqual(await world.users('reg.test/app'), ['p: robot']);
      assert.equal(world.log.at('warn').length, 1);
      assert.doesNotMatch(JSON.stringify(world.log.lines), /hunter2/);
    });

    it('runs nothing once it is gone', async () => {
      await onePlugin();
      await world.users('reg.test/app');
      await rm(world.configPath);
      assert.deepEqual(await world.users('reg.test/app'), []);
      assert.match((await world.problems('reg.test/app')).join(), /config.yaml does not exist$/);
    });
  });

  it('reads all files of a folder, and of two providers with one name the first', async () => {
    await world.answering('p', answer('robot'));
    const folder = world.path('folder');
    await mkdir(folder);
    const write = (name: string, providers: unknown): Promise<void> =>
      writeFile(
        join(folder, name),
        JSON.stringify({
          kind: 'CredentialProviderConfig',
          apiVersion: 'kubelet.config.k8s.io/v1',
          providers,
        }),
      );
    await write('10.yaml', [provider('p')]);
    await write('20.json', [provider('p', { matchImages: ['*'] })]);
    await write('30.txt', 'ignored');
    const { binDir } = world;
    const plugins = new CredentialPlugins({ configPath: folder, binDir }, world);
    const { signal } = new AbortController();
    const { gifts, problems } = await plugins.ask('reg.test/app', { fresh: false, signal });
    assert.equal(gifts.length, 1);
    assert.match(problems.join(), /20\.json: provider "p" is a second$/);
  });

  it('counts runs by plugin and outcome', async () => {
    await world.answering('good', answer('robot'));
    await world.answering('none', answer('robot', { auth: {} }));
    await world.program('bad', 'exit 1');
    await world.configure([provider('good'), provider('none'), provider('bad')]);
    await world.users('reg.test/app');
    await world.users('reg.test/app');
    const text = await world.metrics.exposition();
    for (const [plugin, outcome, runs] of [
      ['good', 'answered', 1],
      ['none', 'empty', 1],
      ['bad', 'failed', 2],
    ]) {
      const line = `headstart_credential_plugin_calls_total{outcome="${outcome}",plugin="${plugin}"} ${runs}`;
      assert.ok(text.includes(line), text);
    }
  });
});
