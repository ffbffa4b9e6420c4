/** Where the programs listen in their pods. */
export const PORTS = {
  webhook: { name: 'webhook', containerPort: 9443 },
  managerMetrics: { name: 'metrics', containerPort: 8080 },
  daemonMetrics: { name: 'metrics', containerPort: 10221 },
} as const;

/** Where kube-apiserver calls the webhook Service. */
export const WEBHOOK_SERVICE_PORT = 443;
