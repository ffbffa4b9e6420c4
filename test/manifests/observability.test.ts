import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { customResourceDefinitions, OWN_CRDS } from '../../manifests/crds.ts';
import { grafanaDashboard } from '../../manifests/observability/dashboard.ts';
import { runbookNames } from '../docs/runbook-pages.ts';
import { type Schema, schemaOf, versionsOf } from './structural-schema.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** Every metric of docs/reference/metrics.md, which another test compares with the code. */
const METRICS = new Set(
  [...read('docs/reference/metrics.md').matchAll(/^\| (`.+?`) \|/gm)].flatMap(([, names = '']) =>
    [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name ?? ''),
  ),
);

/** Names of metrics in a query: words before a brace, a range or the end that are neither functions, labels nor values. */
function metricsIn(expr: string): readonly string[] {
  const bare = expr
    .replace(/"[^"]*"/g, '')
    .replace(/\{[^}]*\}/g, '')
    .replace(/\b(?:by|on|without) ?\([^)]*\)/g, '');
  return [...bare.matchAll(/\b[a-z]\w*_\w+\b(?! ?\()/g)].map(([name]) => name);
}

/** The metric that a series of a histogram belongs to. */
const base = (name: string): string =>
  METRICS.has(name) ? name : name.replace(/_(?:bucket|count|sum)$/, '');

function assertKnown(expr: string): void {
  const names = metricsIn(expr);
  assert.ok(names.length > 0, `no metric in ${expr}`);
  for (const name of names) assert.ok(METRICS.has(base(name)), `${name} in ${expr}`);
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
  readonly targets?: readonly { readonly expr: string }[];
}

describe('Grafana dashboard', () => {
  const dashboard = JSON.parse(read('manifests/observability/grafana-dashboard.json')) as {
    readonly panels: readonly Panel[];
    readonly templating: { readonly list: readonly { readonly name: string }[] };
  };
  const { panels } = dashboard;
  const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

  it('is what npm run generate writes', () => {
    assert.deepEqual(dashboard, grafanaDashboard());
  });

  it('asks for metrics of the reference only', () => {
    assert.ok(queries.length > 30);
    queries.forEach(assertKnown);
  });

  it('uses the variables that it has', () => {
    const variables = dashboard.templating.list.map(({ name }) => name);
    assert.deepEqual(variables, ['datasource', 'namespace']);
    for (const query of queries) assert.match(query, /namespace=~"\$namespace"/);
  });

  it('shows every metric of jobs, registries, pulls and webhooks', () => {
    const shown = new Set(queries.flatMap(metricsIn).map(base));
    const expected = [...METRICS].filter(name =>
      /^headstart_(?:job|target|regis|pull|web)/.test(name),
    );
    const elsewhere = ['headstart_webhook_requests_in_flight'];
    assert.deepEqual(
      expected.filter(name => !shown.has(name)),
      elsewhere,
    );
  });

  it('has panels that do not overlap, each with an id of its own', () => {
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
    );
    assert.equal(new Set(cells).size, cells.length);
    for (const { gridPos, title } of panels) assert.ok(gridPos.x + gridPos.w <= 24, title);
  });
});

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

describe('Alert rules', () => {
  const { groups } = parse(read('manifests/observability/alert-rules.yaml')) as {
    readonly groups: readonly { readonly rules: readonly Rule[] }[];
  };
  const rules = groups.flatMap(group => group.rules);

  it('ask for metrics of the reference only', () => {
    for (const { expr } of rules) assertKnown(expr);
  });

  it('have a runbook each, and no runbook is left over', () => {
    assert.deepEqual(runbookNames(), rules.map(({ alert }) => alert).sort());
    for (const { alert, annotations } of rules) {
      assert.equal(annotations['runbook_url'], `docs/runbooks/${alert}.md`);
    }
  });

  it('stand in the guide with their severity', () => {
    const guide = read('docs/guides/monitoring.md');
    for (const { alert, labels } of rules) {
      assert.ok(
        guide.includes(`| [${alert}](../runbooks/${alert}.md) | ${labels['severity']} |`),
        alert,
      );
    }
  });

  it('say how bad it is, what it is and what it means', () => {
    for (const { alert, labels, annotations } of rules) {
      assert.match(labels['severity'] ?? '', /^(?:critical|warning|info)$/, alert);
      assert.ok(annotations['summary'] && annotations['description'], alert);
    }
  });
});

type Path = readonly string[];
interface MetricConfig {
  readonly name: string;
  readonly help: string;
  readonly each: { readonly type: string } & Readonly<
    Record<
      'gauge' | 'info',
      {
        readonly path?: Path;
        readonly valueFrom?: Path;
        readonly labelsFromPath?: Record<string, Path>;
      }
    >
  >;
}
interface ResourceConfig {
  readonly groupVersionKind: Readonly<Record<'group' | 'version' | 'kind', string>>;
  readonly metricNamePrefix: string;
  readonly labelsFromPath: Readonly<Record<string, Path>>;
  readonly metrics: readonly MetricConfig[];
}

/** The schema at a path of kube-state-metrics; one item of it if it is a list. */
function at(schema: Schema, path: Path): Schema {
  const end = path.reduce<Schema>((part, step) => {
    // Of metadata a definition says nothing: what is in it is the API server's.
    const next =
      part.properties?.[step] ?? (part.type === 'object' && !part.properties ? part : undefined);
    assert.ok(next, `no ${step} in ${path.join('.')}`);
    return next;
  }, schema);
  return end.items ?? end;
}

describe('Configuration of kube-state-metrics', () => {
  const config = parse(read('manifests/observability/kube-state-metrics.yaml')) as {
    readonly kind: string;
    readonly spec: { readonly resources: readonly ResourceConfig[] };
  };
  const definitions = new Map(
    customResourceDefinitions(OWN_CRDS).map(crd => [
      (crd['spec'] as { readonly names: { readonly kind: string } }).names.kind,
      crd,
    ]),
  );

  it('is for our three kinds', () => {
    assert.equal(config.kind, 'CustomResourceStateMetrics');
    const kinds = config.spec.resources.map(({ groupVersionKind }) => groupVersionKind.kind);
    assert.deepEqual([...kinds].sort(), [...definitions.keys()].sort());
  });

  for (const { groupVersionKind, metricNamePrefix, metrics, ...resource } of config.spec
    .resources) {
    it(`reads fields that ${groupVersionKind.kind} has`, () => {
      const crd = definitions.get(groupVersionKind.kind);
      assert.ok(crd);
      assert.equal(groupVersionKind.group, 'apps.kruise.io');
      assert.ok(versionsOf(crd).some(({ name }) => name === groupVersionKind.version));
      const schema = schemaOf(crd);
      for (const path of Object.values(resource.labelsFromPath)) at(schema, path);
      for (const { each } of metrics) {
        const source = each.type === 'Info' ? each.info : each.gauge;
        const part = at(schema, source.path ?? []);
        const value = at(part, source.valueFrom ?? []);
        for (const path of Object.values(source.labelsFromPath ?? {})) at(part, path);
        // Numbers and times are values as they are; the status of a condition is "True" or "False".
        if (each.type === 'Gauge') assert.match(value.type ?? '', /^(?:integer|string)$/);
      }
    });

    it(`has names for ${groupVersionKind.kind} that Headstart itself does not use`, () => {
      const names = metrics.map(({ name }) => `${metricNamePrefix}_${name}`);
      assert.equal(new Set(names).size, names.length);
      assert.deepEqual(
        names.filter(name => METRICS.has(name)),
        [],
      );
    });
  }
});
