import { readFile } from 'node:fs/promises';
import type { ClientRequest } from 'node:http';
import { get } from 'node:https';
import { join } from 'node:path';
import { binary } from './binaries.ts';
import type { Etcd } from './etcd.ts';
import { freePort } from './free-port.ts';
import type { KeyPairFiles, Pki } from './pki.ts';
import { inNamespace, startBackground } from './process.ts';
import { until } from './until.ts';

export interface ApiServerOptions {
  readonly folder: string;
  readonly address: string;
  readonly namespace?: string;
  readonly extraArgs: readonly string[];
}

/** A running kube-apiserver. */
export interface ApiServer {
  readonly url: string;
  /** Returns when /readyz says ok. */
  ready(): Promise<void>;
  /** Ends it and starts it again on the same port and data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  /** Starts it again after it was stopped; returns when /readyz says ok. */
  start(): Promise<void>;
}

interface ApiServerDeps {
  readonly pki: Pki;
  readonly admin: KeyPairFiles;
  readonly etcd: Etcd;
}

const SERVICE_NETWORK = '10.96.0.0/16';
const SERVICE_ADDRESS = '10.96.0.1';
/** It takes four seconds, and on a busy machine more than a minute. */
const START_MS = 120_000;
const ANSWER_MS = 5_000;

/** Starts kube-apiserver with RBAC on `address` and a free port. */
export async function startApiServer(
  options: ApiServerOptions,
  deps: ApiServerDeps,
): Promise<ApiServer> {
  const { folder, address, namespace } = options;
  const port = await freePort();
  const url = `https://${address}:${port}`;
  const serving = await deps.pki.issue({
    name: 'kube-apiserver',
    subject: '/CN=kube-apiserver',
    usage: 'serverAuth',
    altNames: [
      ...[address, '127.0.0.1', SERVICE_ADDRESS].map(ip => `IP:${ip}`),
      ...['localhost', 'kubernetes.default', 'kubernetes.default.svc'].map(name => `DNS:${name}`),
    ].join(','),
  });
  const flags = {
    ...flagsOf(deps),
    'bind-address': address,
    'advertise-address': address,
    'secure-port': port,
    'tls-cert-file': serving.certificate,
    'tls-private-key-file': serving.key,
  };
  const command = [
    binary('kube-apiserver'),
    ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
    ...options.extraArgs,
  ];
  const ca = await readFile(deps.pki.caCertificate, 'utf8');
  const program = startBackground({
    name: 'kube-apiserver',
    command: inNamespace(namespace, command),
    logFile: join(folder, 'kube-apiserver.log'),
  });
  const ready = async (): Promise<void> => {
    try {
      const patience = { timeoutMs: START_MS, everyMs: 50 };
      await until(() => program.isRunning && isReady(url, ca), { what: '/readyz', ...patience });
    } catch (cause) {
      throw new Error(`kube-apiserver did not start\n${await program.logTail()}`, { cause });
    }
  };
  const start = async (): Promise<void> => {
    program.start();
    await ready();
  };
  return {
    url,
    ready,
    start,
    async restart() {
      await program.stop();
      await start();
    },
    stop: () => program.stop(),
  };
}

function flagsOf({ pki, admin, etcd }: ApiServerDeps): Readonly<Record<string, string | boolean>> {
  return {
    'etcd-servers': etcd.url,
    'client-ca-file': pki.caCertificate,
    'authorization-mode': 'Node,RBAC',
    'allow-privileged': true,
    'service-cluster-ip-range': SERVICE_NETWORK,
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-key-file': pki.serviceAccountPublicKey,
    'service-account-signing-key-file': pki.serviceAccountKey,
    // kubectl exec and logs.
    'kubelet-client-certificate': admin.certificate,
    'kubelet-client-key': admin.key,
    'kubelet-preferred-address-types': 'InternalIP',
  };
}

/** Asks without credentials: health is public, and other answers than 200 mean "not yet". */
function isReady(url: string, ca: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    get(`${url}/readyz`, { ca, timeout: ANSWER_MS, agent: false }, response => {
      response.resume();
      resolve(response.statusCode === 200);
    })
      .on('timeout', function (this: ClientRequest) {
        this.destroy(new Error('no answer'));
      })
      .on('error', reject);
  });
}
