import { randomUUID } from 'node:crypto';
import { createCertificateAuthority, issueServingCertificate } from '../../../certs/issue.ts';
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

const HOUR_MS = 3_600_000;

let made: Promise<ApiServerDeps['tls']> | undefined;

/** A certificate for 127.0.0.1 and its CA, made once for all tests. */
export function testTls(): Promise<ApiServerDeps['tls']> {
  made ??= makeTls();
  return made;
}

async function makeTls(): Promise<ApiServerDeps['tls']> {
  const now = systemClock.now();
  const period = { notBefore: now - HOUR_MS, notAfter: now + 24 * HOUR_MS };
  const authority = await createCertificateAuthority({ ...period, commonName: 'test-ca' });
  const serving = await issueServingCertificate(authority, {
    ...period,
    commonName: 'kube-apiserver',
    dnsNames: ['localhost', 'hooks.default.svc'],
    ipAddresses: ['127.0.0.1'],
  });
  return { ...serving, caPem: authority.certPem };
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
