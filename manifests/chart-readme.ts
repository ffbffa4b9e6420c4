import { type ChartValue, chartValues } from './chart-values.ts';

const INTRODUCTION = `<!-- Generated from values.yaml: npm run generate. -->
# Helm chart of Headstart

<!-- test: skip test/cluster/chart.cluster.ts runs Helm against this chart -->
\`\`\`sh
helm install headstart manifests/chart --namespace headstart-system --create-namespace --set manager.image.repository=REGISTRY/headstart
\`\`\`

Kubernetes 1.28 or newer, Helm 3.17 or newer. Installing, upgrading, uninstalling: [docs/guides/helm.md](../../docs/guides/helm.md). Coming from OpenKruise:
[docs/guides/migrate-from-openkruise.md](../../docs/guides/migrate-from-openkruise.md). A value that is not in this table is refused.

| value | default | what it says |
|---|---|---|
`;

/** The README of the Helm chart: every value with its default and what values.yaml says of it. */
export function chartReadme(): string {
  return INTRODUCTION + chartValues().map(row).join('');
}

const row = ({ path, default: value, description = '' }: ChartValue): string =>
  `| \`${path}\` | \`${JSON.stringify(value)}\` | ${description} |\n`;
