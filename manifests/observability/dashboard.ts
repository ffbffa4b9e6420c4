import { DASHBOARD_ROWS } from './dashboard-rows.ts';
import { layOut } from './panels.ts';

/** The dashboard in the form that Grafana imports and provisions (schema 41, of Grafana 12). */
export function grafanaDashboard(): object {
  return {
    uid: 'headstart',
    title: 'Headstart',
    description:
      'Images on nodes before pods need them: jobs, registries, nodes, webhooks, controllers.',
    tags: ['headstart', 'kubernetes'],
    schemaVersion: 41,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    timezone: 'browser',
    annotations: { list: [] },
    links: [],
    templating: { list: [DATASOURCE, NAMESPACE] },
    panels: layOut(DASHBOARD_ROWS),
  };
}

const DATASOURCE = {
  name: 'datasource',
  label: 'Prometheus',
  type: 'datasource',
  query: 'prometheus',
};

/** Namespaces whose pods have metrics of ours: manager and daemon live in two. */
const NAMESPACES =
  'label_values({__name__=~"headstart_webhook_requests_total|headstart_runtime_available"}, namespace)';

const NAMESPACE = {
  name: 'namespace',
  label: 'Namespace',
  type: 'query',
  datasource: { type: 'prometheus', uid: '${datasource}' },
  query: { query: NAMESPACES, refId: 'namespaces' },
  definition: NAMESPACES,
  includeAll: true,
  multi: true,
  current: { text: ['All'], value: ['$__all'] },
  refresh: 2,
  sort: 1,
};
