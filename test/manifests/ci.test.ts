import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { ciRecipes, environmentOf } from '../support/ci-recipes.ts';

const folder = new URL('../../manifests/ci/', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, folder), 'utf8');
const script = read('predownload/predownload.sh');

/** What the head of the script says. */
const settings = [...script.matchAll(/^# {3}(PREDOWNLOAD_\w+)/gm)].map(([, name = '']) => name);
const COMMON = { image: 'registry.example/shop/web:1' };

describe('CI recipes', () => {
  const recipes = ciRecipes();

  it('say at the head of the script what it reads', () => {
    const used = new Set(
      [...script.matchAll(/\$\{(PREDOWNLOAD_\w+):-/g)].map(([, name = '']) => name),
    );
    assert.deepEqual([...used].sort(), [...settings].sort());
  });

  it('have a guide with every setting and every exit code of the script', () => {
    const guide = readFileSync(new URL('../../docs/guides/ci.md', folder), 'utf8');
    assert.deepEqual(
      [...guide.matchAll(/^\| `(PREDOWNLOAD_\w+)`/gm)].map(([, name]) => name),
      settings,
    );
    const codes = new Set([...script.matchAll(/\bfail (\d)/g)].map(([, code = '']) => code));
    const told = [...guide.matchAll(/^\| (\d) \|/gm)].map(([, code = '']) => code);
    assert.deepEqual(told, ['0', ...[...codes].sort()]);
  });

  for (const recipe of recipes) {
    it(`pass every setting of the script on: ${recipe.name}`, () => {
      const passed = Object.keys(recipe.env).filter(name => name.startsWith('PREDOWNLOAD_'));
      const ofOneAttempt = 'PREDOWNLOAD_PULL_TIMEOUT_SECONDS';
      assert.deepEqual([...passed, ofOneAttempt].sort(), [...settings].sort());
    });

    it(`use every input, by its name: ${recipe.name}`, () => {
      for (const [key, text] of Object.entries(recipe.env)) {
        if (!key.startsWith('PREDOWNLOAD_')) continue;
        const input = key.slice('PREDOWNLOAD_'.length).toLowerCase().replaceAll('_', '-');
        assert.ok(input in recipe.inputs, input);
        assert.equal(environmentOf(recipe, { ...COMMON, [input]: 'given' })[key], 'given', text);
      }
    });

    it(`have the same inputs and defaults everywhere: ${recipe.name}`, () => {
      const { 'kubectl-image': _, ...inputs } = recipe.inputs;
      const { 'kubectl-image': __, ...first } = recipes[0]?.inputs ?? {};
      assert.deepEqual(inputs, first);
    });
  }

  it('put no value into the text of a shell script', () => {
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!/\.ya?ml$/.test(file)) continue;
      for (const document of parseAllDocuments(read(file))) {
        for (const text of scriptsIn(document.toJS())) {
          assert.doesNotMatch(text, /\$\((?:params|results|workspaces|context)|\{\{/, file);
        }
      }
    }
  });

  it('let the step of a pipeline make and delete jobs, and nothing else', () => {
    const documents = parseAllDocuments(read('predownload/service-account.yaml'));
    const role = documents.map(each => each.toJS()).find(({ kind }) => kind === 'Role');
    assert.deepEqual(role.rules, [
      {
        apiGroups: ['apps.kruise.io'],
        resources: ['imagepulljobs'],
        verbs: ['get', 'create', 'delete'],
      },
    ]);
  });
});

/** The values of `script` and `run`, wherever they stand. */
function scriptsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    (key === 'script' || key === 'run') && typeof each === 'string' ? [each] : scriptsIn(each),
  );
}
