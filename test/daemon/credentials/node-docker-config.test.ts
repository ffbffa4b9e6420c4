import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  nodeDockerConfigPaths,
  readNodeDockerConfig,
} from '../../../daemon/credentials/node-docker-config.ts';
import { makeTempFolder, type TempFolder } from '../../support/temp-folder.ts';

describe('readNodeDockerConfig', () => {
  let folder: TempFolder;
  beforeEach(async () => {
    folder = await makeTempFolder();
  });
  afterEach(() => folder[Symbol.asyncDispose]());

  const read = () => readNodeDockerConfig({ kubeletDir: folder.path, workingDir: folder.path });
  const file = (): string => join(folder.path, 'config.json');

  it("looks where kubelet does, in kubelet's order", () => {
    const options = { kubeletDir: '/var/lib/kubelet', workingDir: '/work', homeDir: '/root' };
    assert.deepEqual(
      nodeDockerConfigPaths(options).map(({ path }) => path),
      [
        '/var/lib/kubelet/config.json',
        '/work/config.json',
        '/root/.docker/config.json',
        '/.docker/config.json',
        '/var/lib/kubelet/.dockercfg',
        '/work/.dockercfg',
        '/root/.dockercfg',
        '/.dockercfg',
      ],
    );
  });

  it('finds nothing where there is nothing', async () => {
    assert.deepEqual(await read(), { credentials: [], problems: [] });
  });

  it('names the entry it cannot use, not the password', async () => {
    await writeFile(file(), '{"auths":{"https://robot:hunter2@reg.test":{"auth":"hunter2!"}}}');
    const { problems } = await read();
    assert.equal(problems.length, 1);
    assert.match(problems.join(), /config.json: entry number 1 has an auth that is not base64/);
  });

  const unreadable: { name: string; make: () => Promise<unknown>; problem: RegExp }[] = [
    { name: 'a folder', make: () => mkdir(file()), problem: /config.json is no file$/ },
    {
      name: 'a pipe that nobody writes to',
      make: async () => execFileSync('mkfifo', [file()]),
      problem: /config.json is no file$/,
    },
    {
      name: 'a file of more than 1 MiB',
      make: () => writeFile(file(), ' '.repeat((1 << 20) + 1)),
      problem: /config.json has more than 1 MiB$/,
    },
    {
      name: 'no JSON',
      make: () => writeFile(file(), 'hunter2'),
      problem: /config.json is malformed$/,
    },
  ];
  for (const { name, make, problem } of unreadable) {
    it(`passes over ${name} and says so`, async () => {
      await make();
      const { credentials, problems } = await read();
      assert.deepEqual(credentials, []);
      assert.match(problems[0] ?? '', problem);
    });
  }
});
