import { randomUUID } from 'node:crypto';
import { connectKube, type KubeConnection } from '../../../kube/connect-kube.ts';
import type { KubeAccess } from '../../../kube/kube-access.ts';
import { systemClock } from '../../../runtime/clock.ts';
import {
  type ApiServer,
  type ApiServerDeps,
  type ApiServerOptions,
  startApiServer,
} from '../../../sim/api-server/start-api-server.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { testCertificates } from '../../support/test-certificates.ts';

/** Keys take seconds on a busy machine, which is no fault of the test that happens to be first. */
before(async function makeCertificates() {
  this.timeout(60_000);
  await testTls();
});

/** A certificate for 127.0.0.1 and its CA. */
async function testTls(): Promise<ApiServerDeps['tls']> {
  const { authority, first } = await testCertificates();
  return { ...first, caPem: authority.certPem };
}

/** Starts a server with the test certificate and the clock of this machine. */
export async function startTestServer(
  options: ApiServerOptions = {},
  deps: Partial<ApiServerDeps> = {},
): Promise<ApiServer> {
  return startApiServer(options, {
    tls: await testTls(),
    clock: systemClock,
    log: new RecordingLogger(),
    random: Math.random,
    uuid: randomUUID,
    ...deps,
  });
}

/** A client of ours for a server. */
export function connectTo(server: ApiServer): KubeConnection {
  const access: KubeAccess = {
    server: new URL(server.url),
    credentials: () => Promise.resolve({ tls: { ca: server.caPem }, headers: {} }),
    refused: () => {},
  };
  return connectKube(
    { access, userAgent: 'headstart-test', fieldManager: 'headstart-test' },
    { clock: systemClock, random: Math.random },
  );
}
