import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { parse, parseAllDocuments } from 'yaml';
import { isJsonObject, memberAt } from '../../api/json.ts';
import { manifestsCommand } from '../../cli/manifests/command.ts';
import { readPluginConfigs } from '../../daemon/credentials/plugin-config.ts';
import { daemon } from '../../manifests/daemon.ts';
import { DEFAULT_IMAGE } from '../../manifests/render.ts';

const guides = new URL('../../docs/guides/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, guides), 'utf8');
const pages = ['private-registries.md', 'credential-plugins.md'];

const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(/```(\w+)\n([\s\S]*?)```/g)].flatMap(([, found, block = '']) =>
    found === language ? [block] : [],
  );

describe('the guides to credentials', () => {
  it('show configurations of plugins that are taken', () => {
    const configs = blocks(read('credential-plugins.md'), 'yaml').map(block => {
      const config = memberAt(parse(block), 'data', 'config.yaml');
      assert.equal(typeof config, 'string');
      return readPluginConfigs(parse(String(config)));
    });
    assert.equal(configs.length, 2);
    for (const { plugins, problems } of configs) {
      assert.deepEqual(problems, []);
      assert.equal(plugins.length, 1);
    }
  });

  it('use flags that there are', () => {
    const known = new Set(manifestsCommand().options.map(({ long }) => long));
    const commands = blocks(read('credential-plugins.md'), 'sh').filter(block =>
      block.includes('headstart.mjs manifests'),
    );
    const flags = commands.flatMap(command => command.match(/--(?:image|credential)[\w-]*/g) ?? []);
    assert.equal(flags.length, 3);
    for (const flag of flags) assert.ok(known.has(flag), flag);
  });

  for (const page of pages) {
    it(`patch the DaemonSet where it has lists (${page})`, () => {
      const pod = memberAt(daemon({ image: DEFAULT_IMAGE }), 'spec', 'template', 'spec');
      assert.ok(Array.isArray(memberAt(pod, 'volumes')));
      const patches = read(page).match(/-p '(\[[\s\S]*?\])'/g) ?? [];
      assert.equal(patches.length, 1);
      for (const patch of patches) {
        const operations = JSON.parse(patch.slice(4, -1)) as { path: string; value: object }[];
        assert.deepEqual(
          operations.map(({ path }) => path),
          ['/spec/template/spec/volumes/-', '/spec/template/spec/containers/0/volumeMounts/-'],
        );
      }
    });

    it(`link pages that exist (${page})`, () => {
      for (const [, target = ''] of read(page).matchAll(/\]\(([^)#]+)\)/g)) {
        assert.ok(existsSync(new URL(target, guides)), target);
      }
    });
  }

  it('show jobs with a name and an image', () => {
    const jobs = blocks(read('private-registries.md'), 'yaml').flatMap(block =>
      parseAllDocuments(block).map(document => document.toJS() as unknown),
    );
    assert.equal(jobs.length, 1);
    for (const job of jobs) assert.ok(isJsonObject(memberAt(job, 'spec')));
  });
});
