import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createControllerMetrics } from '../../kube/controller-metrics.ts';
import { createQueueMetrics } from '../../kube/queue-metrics.ts';
import { createPlainMetrics } from '../../runtime/plain-metrics.ts';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/reference/metrics.md', root), 'utf8');

const rows = page
  .split('\n')
  .filter(line => line.startsWith('| `'))
  .map(line => line.split(/(?<!\\)\|/).map(cell => cell.trim()));

const wordsIn = (cell = ''): string[] =>
  [...cell.matchAll(/`(\w+)`/g)].map(([, word]) => word ?? '');

const documented = rows.flatMap(([, names]) => wordsIn(names));

const sources = ['runtime', 'kube', 'certs', 'webhook', 'controllers', 'daemon'].flatMap(folder =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts') && !path.endsWith('.gen.ts'))
    .map(path => readFileSync(new URL(`${folder}/${path}`, root), 'utf8')),
);

/** Names that stand in the code as they are, and those that it puts together. */
async function metricsOfTheCode(): Promise<string[]> {
  const literal = sources.flatMap(text =>
    [...text.matchAll(/name: '((?:headstart|leader|rest_client|process)_\w+)'/g)].map(
      ([, name]) => name ?? '',
    ),
  );
  const metrics = createPlainMetrics();
  createControllerMetrics({ name: 'x', workers: 1 }, metrics).ended('success');
  createQueueMetrics('x', metrics, () => []);
  const made = [...(await metrics.exposition()).matchAll(/^# TYPE (\w+)/gm)];
  return [...new Set([...literal, ...made.map(([, name]) => name ?? '')])];
}

/** What a label may say. Everything else could grow with the cluster. */
const BOUNDED = [
  'code',
  'controller',
  'host',
  'kind',
  'method',
  'name',
  'origin',
  'outcome',
  'plugin',
  'reason',
  'registry',
  'resource',
  'result',
  'state',
  'webhook',
  'what',
  'why',
];

describe('docs/reference/metrics.md', () => {
  it('has every metric of the code, and no other', async () => {
    assert.deepEqual([...documented].sort(), (await metricsOfTheCode()).sort());
  });

  it('names every metric once', () => {
    assert.equal(new Set(documented).size, documented.length);
  });

  it('knows no label that names objects, nodes or images', () => {
    const used = sources.flatMap(text =>
      [...text.matchAll(/labelNames: \[([^\]]*)\]/g)].flatMap(([, list = '']) =>
        [...list.matchAll(/'(\w+)'/g)].map(([, label]) => label ?? ''),
      ),
    );
    assert.ok(used.length > 10);
    assert.deepEqual(
      [...new Set(used)].filter(label => !BOUNDED.includes(label)),
      [],
    );
  });

  it('says of each metric its labels', () => {
    const said = new Set(rows.flatMap(cells => wordsIn(cells.at(-3))));
    assert.deepEqual(
      [...said].filter(label => !BOUNDED.includes(label)),
      [],
    );
  });
});
