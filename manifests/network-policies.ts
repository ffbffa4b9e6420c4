import { DAEMON_NAMESPACE, SYSTEM_NAMESPACE } from '../api/names.ts';
import { type Component, componentLabels, type Manifest, selectorLabels } from './manifest.ts';
import { PORTS } from './ports.ts';

/**
 * Nothing reaches the programs but what they serve. Who may come is left open: the API server calls webhooks from addresses that no
 * selector knows, and Prometheus lives where it likes.
 */
export function networkPolicies(): readonly Manifest[] {
  return [
    policy('manager', SYSTEM_NAMESPACE, [PORTS.webhook, PORTS.managerMetrics]),
    policy('daemon', DAEMON_NAMESPACE, [PORTS.daemonMetrics]),
  ];
}

function policy(
  component: Component,
  namespace: string,
  ports: readonly { readonly containerPort: number }[],
): Manifest {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `headstart-${component}`, namespace, labels: componentLabels(component) },
    spec: {
      podSelector: { matchLabels: selectorLabels(component) },
      policyTypes: ['Ingress'],
      ingress: [
        { ports: ports.map(({ containerPort }) => ({ protocol: 'TCP', port: containerPort })) },
      ],
    },
  };
}
