import { MANAGER_DEPLOYMENT, MANAGER_SERVICE_ACCOUNT, SYSTEM_NAMESPACE } from '../api/names.ts';
import { componentLabels, type Manifest, selectorLabels } from './manifest.ts';
import { PORTS } from './ports.ts';
import { probes } from './probes.ts';
import { RESTRICTED } from './restricted.ts';

/**
 * Under this memory limit Node would collect young objects by every 4 MB. A review leaves some 100 KB of them, and costs a tenth less
 * CPU when they are collected by every 16 MB.
 */
export const MANAGER_MEMORY_ENV = { NODE_OPTIONS: '--max-semi-space-size=16' } as const;

/** Two replicas: webhooks answer on each, one leads. */
const REPLICAS = 2;

/** The manager's Deployment and the budget that keeps a replica through node drains. */
export function manager({ image }: { readonly image: string }): readonly Manifest[] {
  const metadata = {
    name: MANAGER_DEPLOYMENT,
    namespace: SYSTEM_NAMESPACE,
    labels: componentLabels('manager'),
  };
  const selector = { matchLabels: selectorLabels('manager') };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: REPLICAS,
        selector,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: { metadata: { labels: componentLabels('manager') }, spec: podSpec(image) },
      },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata,
      spec: { maxUnavailable: 1, selector },
    },
  ];
}

function podSpec(image: string): object {
  return {
    serviceAccountName: MANAGER_SERVICE_ACCOUNT,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 30,
    nodeSelector: { 'kubernetes.io/os': 'linux' },
    topologySpreadConstraints: ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map(
      spreadOver,
    ),
    securityContext: RESTRICTED.pod,
    containers: [container(image)],
  };
}

function spreadOver(topologyKey: string): object {
  return {
    topologyKey,
    maxSkew: 1,
    // A cluster of one node runs both replicas.
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: selectorLabels('manager') },
  };
}

function container(image: string): object {
  return {
    name: 'manager',
    image,
    command: ['headstart'],
    args: [
      'manager',
      `--namespace=${SYSTEM_NAMESPACE}`,
      `--webhook-port=${PORTS.webhook.containerPort}`,
      `--metrics-address=:${PORTS.managerMetrics.containerPort}`,
      '--leader-elect',
    ],
    env: Object.entries(MANAGER_MEMORY_ENV).map(([name, value]) => ({ name, value })),
    ports: [PORTS.webhook, PORTS.managerMetrics],
    ...probes(PORTS.managerMetrics),
    // Room for 5,000 nodes with 50,000 pods (300 MB) and a rolling spare.
    resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '1Gi' } },
    securityContext: RESTRICTED.container,
  };
}
