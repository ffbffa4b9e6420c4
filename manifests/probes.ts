import type { PORTS } from './ports.ts';

/** Liveness and readiness of a program, both on its metrics port. */
export function probes(
  port: (typeof PORTS)[keyof typeof PORTS],
): Readonly<Record<string, unknown>> {
  return {
    livenessProbe: {
      httpGet: { path: '/healthz', port: port.name },
      periodSeconds: 10,
      timeoutSeconds: 2,
      failureThreshold: 3,
    },
    readinessProbe: {
      httpGet: { path: '/readyz', port: port.name },
      periodSeconds: 5,
      timeoutSeconds: 2,
      failureThreshold: 2,
    },
  };
}
