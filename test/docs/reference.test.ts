import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import * as names from '../../api/names.ts';
import { daemonCommand } from '../../cli/daemon/command.ts';
import { demoCommand } from '../../cli/demo/command.ts';
import { managerCommand } from '../../cli/manager/command.ts';
import { FEATURE_GATES } from '../../cli/manager/options.ts';
import { manifestsCommand } from '../../cli/manifests/command.ts';
import { retireCommand } from '../../cli/retire/command.ts';
import { simulateCommand } from '../../cli/simulate/command.ts';

const root = new URL('../../', import.meta.url);
const page = (name: string): string =>
  readFileSync(new URL(`docs/reference/${name}.md`, root), 'utf8');

/** The text of every source file of the product. */
const sources = ['api', 'runtime', 'kube', 'certs', 'webhook', 'controllers', 'daemon'].flatMap(
  folder =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
      .filter(path => path.endsWith('.ts') && !path.endsWith('.gen.ts'))
      .map(path => readFileSync(new URL(`${folder}/${path}`, root), 'utf8')),
);

const found = (pattern: RegExp): string[] => [
  ...new Set(sources.flatMap(text => [...text.matchAll(pattern)].map(match => match[1] ?? ''))),
];

describe('docs/reference', () => {
  for (const command of [
    managerCommand(),
    daemonCommand(),
    demoCommand(),
    manifestsCommand(),
    retireCommand(),
    simulateCommand(),
  ]) {
    it(`has every flag of ${command.name()} with its default`, () => {
      const [, section = ''] = page('flags').split(`## headstart ${command.name()}\n`);
      const text = section.split('\n## ')[0] ?? '';
      for (const { long, defaultValue } of command.options) {
        const row = text.split('\n').find(line => line.includes(`\`${long}\``));
        assert.ok(row, `${long} is missing`);
        if (defaultValue !== undefined) assert.ok(row.includes(`\`${defaultValue}\``), row);
      }
    });
  }

  it('has every feature gate', () => {
    for (const gate of Object.keys(FEATURE_GATES)) assert.ok(page('flags').includes(`\`${gate}\``));
  });

  it('has every Event that is recorded', () => {
    const reasons = found(/type: '(?:Normal|Warning)',\s+reason: '(\w+)'/g);
    assert.ok(reasons.length > 8);
    const text = page('events');
    assert.deepEqual(
      reasons.filter(reason => !text.includes(`\`${reason}\``)),
      [],
    );
  });

  it('has every annotation and label', () => {
    const keys = Object.entries(names).flatMap(([name, value]) =>
      /^(?:ANNOTATION|LABEL|FINALIZER)_/.test(name) ? [String(value)] : [],
    );
    const text = page('annotations');
    assert.deepEqual(
      keys.filter(key => !text.includes(`\`${key}\``)),
      [],
    );
  });
});
