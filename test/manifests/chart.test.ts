import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { FEATURE_GATES } from '../../cli/manager/options.ts';
import { chartFiles } from '../../manifests/chart-files.ts';
import { chartReadme } from '../../manifests/chart-readme.ts';
import { chartValues, defaultChartValues } from '../../manifests/chart-values.ts';
import { daemon } from '../../manifests/daemon.ts';
import { manager } from '../../manifests/manager.ts';
import { WEBHOOK_POLICY } from '../../webhook/routes.ts';

const chart = new URL('../../manifests/chart/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, chart), 'utf8');
const STALE = 'is stale: npm run generate';
const files = chartFiles();

/** Values as `--set path=value` makes them. */
const set = (path: string, value: unknown): object =>
  path.split('.').reduceRight((inner, key) => ({ [key]: inner }), value as object);

describe('The Helm chart', () => {
  it('has the files that the builders write, and no others', () => {
    assert.deepEqual(
      readdirSync(new URL('files', chart)).toSorted(),
      Object.keys(files).toSorted(),
    );
    for (const [name, text] of Object.entries(files)) {
      assert.ok(read(`files/${name}`) === text, `${name} ${STALE}`);
    }
    assert.ok(read('README.md') === chartReadme(), `README.md ${STALE}`);
  });

  it('uses each of its files', () => {
    const templates = readdirSync(new URL('templates', chart)).map(name =>
      read(`templates/${name}`),
    );
    for (const name of Object.keys(files)) {
      const [stem] = name.split('.');
      const uses = [`"${stem}"`, `"files/${name}"`];
      assert.ok(
        templates.some(text => uses.some(use => text.includes(use))),
        name,
      );
    }
  });

  it('has the version of the package', () => {
    const packageJson = new URL('../../package.json', import.meta.url);
    const { version } = JSON.parse(readFileSync(packageJson, 'utf8')) as { version: string };
    const own = parse(read('Chart.yaml')) as { version: string; appVersion: string };
    assert.deepEqual([own.version, own.appVersion], [version, version]);
  });
});

describe('The values of the Helm chart', () => {
  const validate = new Ajv().compile(JSON.parse(read('values.schema.json')) as object);
  const problems = (values: unknown): readonly string[] =>
    validate(values)
      ? []
      : (validate.errors ?? []).map(
          ({ instancePath, message = '' }) => `${instancePath} ${message}`,
        );
  const values = chartValues();
  const defaultOf = (path: string): unknown =>
    values.find(value => value.path === path)?.default ?? assert.fail(`no value ${path}`);

  it('are each described', () => {
    assert.ok(values.length > 40);
    assert.deepEqual(
      values.filter(({ description }) => !description?.endsWith('.')).map(({ path }) => path),
      [],
    );
  });

  it('are valid as they come', () => assert.deepEqual(problems(defaultChartValues()), []));

  it('are refused under a name with a typo, wherever it stands', () => {
    for (const { path } of values) {
      const [problem] = problems(set(`${path}s`, 'x'));
      assert.match(problem ?? '', /must NOT have additional properties/, path);
    }
  });

  it('are refused when they are of another type', () => {
    for (const { path, default: value } of values) {
      assert.notDeepEqual(problems(set(path, typeof value === 'boolean' ? 'yes' : true)), [], path);
    }
  });

  const refused: readonly (readonly [what: string, path: string, value: unknown])[] = [
    ['a gate that does not exist', 'featureGates', 'ImagePulJobGate=true'],
    ['a digest that is none', 'manager.image.digest', 'abc'],
    ['a log level of OpenKruise', 'manager.log.level', '4'],
    ['a misspelt field of resources', 'daemon.resources', { limit: { memory: '1Gi' } }],
    ['a misspelt field of a toleration', 'daemon.tolerations', [{ operater: 'Exists' }]],
    ['plugins without their folder', 'daemon.credentialProvider', { enable: true, hostPath: '' }],
    [
      'a webhook that makes the API server wait for a minute',
      'webhookConfiguration.timeoutSeconds',
      60,
    ],
  ];
  for (const [what, path, value] of refused) {
    it(`are refused: ${what}`, () => assert.notDeepEqual(problems(set(path, value)), []));
  }

  it('know every feature gate', () => {
    const gates = Object.keys(FEATURE_GATES).map(gate => `${gate}=false`);
    assert.deepEqual(problems({ featureGates: gates.join() }), []);
    const description = values.find(({ path }) => path === 'featureGates')?.description ?? '';
    for (const gate of Object.keys(FEATURE_GATES)) assert.ok(description.includes(`\`${gate}\``));
  });

  it('let the chart be part of another', () =>
    assert.deepEqual(problems({ global: { a: 1 } }), []));

  it('begin as install.yaml has them', () => {
    const image = 'headstart';
    const [deployment, budget] = manager({ image });
    const daemonSet = daemon({ image });
    const at = (object: unknown, path: string): unknown =>
      path.split('.').reduce((inner, key) => (inner as Record<string, unknown>)[key], object);
    const podOf = 'spec.template.spec';
    const same: readonly (readonly [path: string, object: unknown, field: string])[] = [
      ['manager.replicas', deployment, 'spec.replicas'],
      ['manager.resources', deployment, `${podOf}.containers.0.resources`],
      ['manager.podDisruptionBudget.maxUnavailable', budget, 'spec.maxUnavailable'],
      ['webhookConfiguration.timeoutSeconds', WEBHOOK_POLICY, 'timeoutSeconds'],
      ['daemon.resources', daemonSet, `${podOf}.containers.0.resources`],
      ['daemon.affinity', daemonSet, `${podOf}.affinity`],
      ['daemon.tolerations', daemonSet, `${podOf}.tolerations`],
      ['daemon.priorityClassName', daemonSet, `${podOf}.priorityClassName`],
      ['daemon.socketLocation', daemonSet, `${podOf}.volumes.0.hostPath.path`],
      ['daemon.maxUnavailable', daemonSet, 'spec.updateStrategy.rollingUpdate.maxUnavailable'],
    ];
    for (const [path, object, field] of same) assert.deepEqual(defaultOf(path), at(object, field));
  });
});
