import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { EXIT } from '../../cli/plugin/exit-codes.ts';
import { pluginProgram } from '../../cli/plugin/program.ts';

const page = readFileSync(
  new URL('../../docs/reference/kubectl-plugin.md', import.meta.url),
  'utf8',
);
const sections = page.split('\n## ');
const common = sections.find(text => text.startsWith('Flags of every command')) ?? '';
const source = (name: string): string =>
  readFileSync(new URL(`../../cli/plugin/${name}.ts`, import.meta.url), 'utf8');

describe('docs/reference/kubectl-plugin.md', () => {
  for (const command of pluginProgram().commands) {
    const section = sections.find(text => text.startsWith(`kubectl headstart ${command.name()}`));

    it(`has every flag of ${command.name()}, its default and its choices`, () => {
      assert.ok(section, 'has no section');
      const rows = `${section}\n${common}`.split('\n').filter(line => line.startsWith('| `'));
      for (const { long, short, argChoices, defaultValue } of command.options) {
        const row = rows.find(line => line.includes(`\`${long}\``));
        assert.ok(row, `${long} is missing`);
        if (short) assert.ok(row.startsWith(`| \`${short}\``), row);
        if (defaultValue !== undefined) assert.ok(row.includes(`\`${defaultValue}\``), row);
        for (const choice of argChoices ?? []) assert.ok(row.includes(`\`${choice}\``), row);
      }
    });

    it(`has no flag that ${command.name()} lacks`, () => {
      const flags = [...(section ?? '').matchAll(/^\| (?:`-\w`, )?`(--[\w-]+)`/gm)];
      const known = command.options.map(({ long }) => long);
      assert.deepEqual(
        flags.map(([, flag]) => flag).filter(flag => !known.includes(flag)),
        [],
      );
    });
  }

  it('has every exit code', () => {
    for (const code of [...Object.values(EXIT), 130]) assert.ok(page.includes(`\n| \`${code}\` |`));
  });

  it('has every verdict of why', () => {
    const [, type = ''] = source('why-verdict').split('readonly verdict:');
    const verdicts = [...(type.split(';')[0] ?? '').matchAll(/'(\w+)'/g)].map(([, name]) => name);
    assert.ok(verdicts.length > 5);
    for (const verdict of verdicts) assert.ok(page.includes(`\n| \`${verdict}\` |`), verdict);
  });
});
