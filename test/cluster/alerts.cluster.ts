import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { DASHBOARD_ROWS } from '../../manifests/observability/dashboard-rows.ts';
import { layOut } from '../../manifests/observability/panels.ts';
import { makeTempFolder } from '../support/temp-folder.ts';
import { ALERT_CASES, type AlertCase } from './alert-cases.ts';
import { binary } from './binaries.ts';
import { run } from './process.ts';

const RULES = resolve('manifests/observability/alert-rules.yaml');

/** A unit test of promtool: after two hours of these series so many alerts of that name fire. */
function unitTest({ alert }: AlertCase, series: AlertCase['fires'], alerts: number): object {
  const expr = `count(ALERTS{alertname="${alert}",alertstate="firing"})`;
  return {
    name: `${alert}, ${alerts}`,
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: [
      { expr, eval_time: '2h', exp_samples: alerts === 0 ? [] : [{ labels: '{}', value: alerts }] },
    ],
  };
}

describe('Prometheus', () => {
  const promtool = (...args: string[]) => run([binary('promtool'), ...args]);

  it('reads the alert rules', async () => {
    const { stdout, stderr, code } = await promtool('check', 'rules', RULES);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /SUCCESS: \d+ rules found/);
  });

  it('has a case of each alert', async () => {
    const { groups } = parse(await readFile(RULES, 'utf8')) as {
      groups: readonly { rules: readonly { alert: string }[] }[];
    };
    const alerts = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
    assert.deepEqual([...new Set(ALERT_CASES.map(({ alert }) => alert))], alerts);
  });

  it('fires them when it should, and only then', async () => {
    await using folder = await makeTempFolder();
    const file = join(folder.path, 'alerts.test.yaml');
    const tests = ALERT_CASES.flatMap(each => [
      unitTest(each, each.fires, each.alerts ?? 1),
      unitTest(each, each.quiet, 0),
    ]);
    await writeFile(
      file,
      JSON.stringify({ rule_files: [RULES], evaluation_interval: '1m', tests }),
    );
    const { stdout, stderr, code } = await promtool('test', 'rules', file);
    assert.equal(code, 0, stdout + stderr);
  });

  it('reads every query of the Grafana dashboard, too', async () => {
    await using folder = await makeTempFolder();
    const queries = layOut(DASHBOARD_ROWS).flatMap(
      panel => (panel as { targets?: readonly { expr: string }[] }).targets ?? [],
    );
    const rules = queries.map(({ expr }, index) => ({
      record: `query:${index}`,
      expr: expr.replaceAll('$__rate_interval', '5m'),
    }));
    const file = join(folder.path, 'queries.yaml');
    await writeFile(file, JSON.stringify({ groups: [{ name: 'queries', rules }] }));
    const { stdout, stderr, code } = await promtool('check', 'rules', file);
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, new RegExp(`${rules.length} rules found`));
  });
});
