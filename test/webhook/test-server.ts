import { once } from 'node:events';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import {
  type CertificateAndKey,
  createCertificateAuthority,
  issueServingCertificate,
} from '../../certs/issue.ts';
import { createPlainMetrics } from '../../runtime/plain-metrics.ts';
import { createWebhookServer } from '../../webhook/server.ts';
import { fakeDeps } from './fakes.ts';
import { HttpsClient } from './https-client.ts';

/** The name that clients ask for. */
const HOST = 'headstart-webhook.headstart-system.svc';

interface Certificates {
  readonly authority: CertificateAndKey;
  readonly first: CertificateAndKey;
  readonly second: CertificateAndKey;
}

async function makeCertificates(): Promise<Certificates> {
  const period = { notBefore: Date.now() - 60_000, notAfter: Date.now() + 3_600_000 };
  const authority = await createCertificateAuthority({ commonName: 'test', ...period });
  const issue = (): Promise<CertificateAndKey> =>
    issueServingCertificate(authority, { commonName: 'test', dnsNames: [HOST], ...period });
  const [first, second] = await Promise.all([issue(), issue()]);
  return { authority, first, second };
}

let made: Promise<Certificates> | undefined;

/** A webhook server on a free port with fake deps, and a client that trusts it. */
export async function startTestServer() {
  made ??= makeCertificates();
  const { authority, first, second } = await made;
  let current = first;
  let changed = (): void => {
    throw new Error('nobody listens for a new certificate');
  };
  const tls = {
    current: () => current,
    onChange: (listener: () => void) => {
      changed = listener;
      return () => {};
    },
  };
  const deps = fakeDeps();
  const metrics = createPlainMetrics();
  const server = createWebhookServer({ host: '127.0.0.1', port: 0 }, { ...deps, metrics, tls });
  await server.start();
  const client = new HttpsClient(server.port, authority.certPem, HOST);
  return {
    ...deps,
    metrics,
    client,
    port: server.port,
    /** Replaces the certificate while the server runs. */
    renew: () => {
      current = second;
      changed();
    },
    /** A bare TLS connection. */
    open: async (options: ConnectionOptions = {}): Promise<TLSSocket> => {
      const { port } = server;
      const ca = authority.certPem;
      const socket = connect({ host: '127.0.0.1', port, ca, servername: HOST, ...options });
      await once(socket, 'secureConnect');
      return socket;
    },
    stop: async () => {
      client[Symbol.dispose]();
      await server.stop();
    },
  };
}

export type TestServer = Awaited<ReturnType<typeof startTestServer>>;
