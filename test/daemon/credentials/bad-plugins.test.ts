import assert from 'node:assert/strict';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { answer, createPluginWorld, type PluginWorld, PROTOCOL, provider } from './plugin-world.ts';

describe('CredentialPlugins, of which one is bad', () => {
  let world: PluginWorld;
  beforeEach(async () => {
    world = await createPluginWorld();
  });
  afterEach(() => world[Symbol.asyncDispose]());

  const bad: { name: string; make: () => Promise<void>; problem: RegExp }[] = [
    {
      name: 'whose program is missing',
      make: async () => {},
      problem: /^credential plugin bad has no program \/.*\/bin\/bad$/,
    },
    {
      name: 'that may not be executed',
      make: () => world.program('bad', 'exit 0', 0o644),
      problem: /^credential plugin bad cannot be run: EACCES$/,
    },
    {
      name: 'that everybody may change',
      make: async () => {
        await world.answering('bad', answer('evil'));
        await chmod(join(world.binDir, 'bad'), 0o777);
      },
      problem: /^credential plugin bad is not run: everybody may write to \//,
    },
    {
      name: 'that is a folder',
      make: () => mkdir(join(world.binDir, 'bad')).then(() => {}),
      problem: /^credential plugin bad cannot be run: EACCES$/,
    },
    {
      name: 'that fails',
      make: () => world.program('bad', 'echo "token hunter2 refused" >&2; exit 3'),
      problem: /^credential plugin bad ended with exit code 3 \(22 bytes on stderr\)$/,
    },
    {
      name: 'that answers nonsense',
      make: () => world.answering('bad', 'password: hunter2'),
      problem: /^credential plugin bad answered with no JSON object$/,
    },
    {
      name: 'that answers without end',
      make: () => world.program('bad', 'while :; do echo hunter2hunter2hunter2hunter2; done'),
      problem: /^credential plugin bad wrote more than 1 MiB$/,
    },
    {
      name: 'that speaks another version',
      make: () => world.answering('bad', answer('hunter2', { apiVersion: `${PROTOCOL}beta1` })),
      problem: /^credential plugin bad answered with another apiVersion than /,
    },
  ];
  for (const { name, make, problem } of bad) {
    it(`use the others beside one ${name}`, async () => {
      await world.answering('good', answer('robot'));
      await world.configure([provider('bad'), provider('good')]);
      await make();
      assert.deepEqual(await world.users('reg.test/app', { fresh: true }), ['good: robot']);
      assert.match((await world.problems('reg.test/app')).join(), problem);
      assert.doesNotMatch(JSON.stringify(world.log.lines), /hunter2/);
    });
  }
});
