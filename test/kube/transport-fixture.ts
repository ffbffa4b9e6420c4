import assert from 'node:assert/strict';
import { createHttpsTransport } from '../../kube/https-transport.ts';
import type { KubeAccess } from '../../kube/kube-access.ts';
import { KubeError } from '../../kube/kube-error.ts';
import type { TransportRequest } from '../../kube/transport.ts';
import { systemClock } from '../../runtime/clock.ts';

/** Some read. */
export const get: TransportRequest = {
  method: 'GET',
  path: '/api/v1/nodes?limit=1',
  deadlineMs: 5_000,
};

/** A transport to a scripted server. */
export function connect(access: KubeAccess, maxConnections = 64) {
  const transport = createHttpsTransport(
    { access, userAgent: 'headstart/test', maxConnections },
    { clock: systemClock },
  );
  return Object.assign(transport, { [Symbol.dispose]: () => transport.close() });
}

/** The KubeError that a call ends with. */
export async function failureOf(call: Promise<unknown>): Promise<KubeError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof KubeError, String(error));
  return error;
}
