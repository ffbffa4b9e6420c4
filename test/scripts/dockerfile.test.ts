import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { VERSION } from '../../cli/version.ts';

describe('the Dockerfile', () => {
  let dockerfile: string;
  before(async () => {
    dockerfile = await readFile('Dockerfile', 'utf8');
  });

  const found = (pattern: RegExp): string[] =>
    [...dockerfile.matchAll(pattern)].map(([, first = '']) => first);

  it('labels both targets with the version of the program', () => {
    assert.deepEqual(found(/image\.version="([^"]*)"/g), [VERSION, VERSION]);
  });

  it('takes Node.js in the version that the tests of the image have', async () => {
    const versions = found(/^ARG \w+=docker\.io\/library\/node:(\d+)-/gm);
    const bases = JSON.parse(await readFile('test/cluster/image-bases/package.json', 'utf8')) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    const tested = Object.values(bases.dependencies).map(version => version.split('.')[0]);
    assert.deepEqual(versions, tested);
  });

  it('takes a Node.js that is supported for years: an even version, and no older than the program asks for', async () => {
    const { engines } = JSON.parse(await readFile('package.json', 'utf8')) as {
      readonly engines: { readonly node: string };
    };
    const oldest = Number(/\d+/.exec(engines.node)?.[0]);
    for (const version of found(/^ARG \w+=docker\.io\/library\/node:(\d+)-/gm).map(Number)) {
      assert.equal(version % 2, 0);
      assert.ok(version >= oldest);
    }
  });

  it('copies files that .dockerignore lets through', async () => {
    const ignored = (await readFile('.dockerignore', 'utf8')).trim().split('\n');
    const sources = found(/^COPY (?!--from)(?:--\S+ )*(.+) \S+$/gm).flatMap(list =>
      list.split(' '),
    );
    assert.ok(sources.includes('LICENSE'));
    for (const source of sources) {
      assert.ok(existsSync(source), source);
      assert.ok(!ignored.includes(source.split('/')[0] ?? ''), source);
    }
  });
});
