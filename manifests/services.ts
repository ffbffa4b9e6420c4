import { DAEMON_NAMESPACE, SYSTEM_NAMESPACE, WEBHOOK_SERVICE } from '../api/names.ts';
import { type Component, componentLabels, type Manifest, selectorLabels } from './manifest.ts';
import { PORTS, WEBHOOK_SERVICE_PORT } from './ports.ts';

/** Where kube-apiserver calls the webhooks, and where Prometheus finds the metrics of each pod. */
export function services(): readonly Manifest[] {
  return [
    service('manager', {
      name: WEBHOOK_SERVICE,
      namespace: SYSTEM_NAMESPACE,
      spec: { ports: [port(WEBHOOK_SERVICE_PORT, PORTS.webhook.name)] },
    }),
    service('manager', {
      name: 'headstart-manager-metrics',
      namespace: SYSTEM_NAMESPACE,
      spec: {
        clusterIP: 'None',
        ports: [port(PORTS.managerMetrics.containerPort, PORTS.managerMetrics.name)],
      },
    }),
    service('daemon', {
      name: 'headstart-daemon-metrics',
      namespace: DAEMON_NAMESPACE,
      spec: {
        clusterIP: 'None',
        ports: [port(PORTS.daemonMetrics.containerPort, PORTS.daemonMetrics.name)],
      },
    }),
  ];
}

interface ServiceOptions {
  readonly name: string;
  readonly namespace: string;
  readonly spec: object;
}

function service(component: Component, { name, namespace, spec }: ServiceOptions): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: componentLabels(component) },
    spec: { ...spec, selector: selectorLabels(component) },
  };
}

function port(number: number, name: string): object {
  return { name, port: number, targetPort: name, protocol: 'TCP' };
}
