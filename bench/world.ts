import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SYSTEM_NAMESPACE, WEBHOOK_SERVICE } from '../api/names.ts';
import { NODE_IMAGES } from '../api/resources.ts';
import type { KubeConnection } from '../kube/connect-kube.ts';
import { customResourceDefinitions, OWN_CRDS, WORKLOAD_CRDS } from '../manifests/crds.ts';
import { daemonRbac } from '../manifests/daemon-rbac.ts';
import { managerRbac } from '../manifests/manager-rbac.ts';
import { namespaces } from '../manifests/namespaces.ts';
import { webhookConfigurations } from '../manifests/webhook-configurations.ts';
import { CleanupStack } from '../test/cluster/cleanup-stack.ts';
import { type ControlPlane, startControlPlane } from '../test/cluster/control-plane.ts';
import { freePort } from '../test/cluster/free-port.ts';
import { until } from '../test/cluster/until.ts';
import { AUDIT_POLICY } from './audit.ts';
import { connectAs } from './connection.ts';
import { startManager } from './manager.ts';

/** A control plane with Headstart installed as it is shipped, and its manager at work. */
export interface World extends AsyncDisposable {
  readonly controlPlane: ControlPlane;
  /** Of an administrator. */
  readonly connection: KubeConnection;
  readonly managerPid: number;
  /** Where its webhooks listen, on 127.0.0.1. */
  readonly webhookPort: number;
  /** Path of the log of all writes. */
  readonly auditLog: string;
  /** What kube-apiserver measures of itself. */
  apiServerMetrics(): Promise<string>;
  /** Resolves when there are so many NodeImages. */
  nodeImages(count: number): Promise<void>;
  /** Takes down what a scenario started, before the rest. */
  defer(what: string, undo: () => unknown): void;
}

export interface WorldOptions {
  /** Installs the kinds of workloads, too, and the webhooks. */
  readonly workloads?: boolean;
  /** Fills the cluster before the manager starts. */
  readonly fill?: (connection: KubeConnection) => Promise<void>;
}

/** Thousands of nodes take minutes. */
const PATIENCE_MS = 600_000;

/** Starts everything and returns when the manager leads. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const cleanup = new CleanupStack();
  try {
    return await build(options, cleanup);
  } catch (error) {
    await cleanup.close();
    throw error;
  }
}

async function build(
  { workloads = false, fill }: WorldOptions,
  cleanup: CleanupStack,
): Promise<World> {
  const audit = await mkdtemp(join(tmpdir(), 'headstart-bench-'));
  cleanup.defer('audit log', () => rm(audit, { recursive: true, force: true }));
  const controlPlane = await startAudited(audit);
  cleanup.defer('control plane', () => controlPlane.stop());
  const webhookPort = await freePort();
  await install(controlPlane, { workloads, webhookPort });
  const connection = await connectAs('headstart-bench', controlPlane.kubeconfigPath);
  cleanup.defer('connection', () => connection.close());
  await fill?.(connection);
  const managerPid = await startManager(controlPlane, { webhookPort }, cleanup);
  return {
    controlPlane,
    connection,
    managerPid,
    webhookPort,
    auditLog: join(audit, 'audit.log'),
    apiServerMetrics: () => controlPlane.mustKubectl(['get', '--raw', '/metrics']),
    nodeImages: count => untilNodeImages(connection, count),
    defer: (what, undo) => cleanup.defer(what, undo),
    [Symbol.asyncDispose]: () => cleanup.close(),
  };
}

async function startAudited(folder: string): Promise<ControlPlane> {
  const policy = join(folder, 'policy.json');
  await writeFile(policy, JSON.stringify(AUDIT_POLICY));
  return startControlPlane({
    apiServerArgs: [
      `--audit-policy-file=${policy}`,
      `--audit-log-path=${join(folder, 'audit.log')}`,
    ],
  });
}

/** What manifests/install.yaml holds, but for the pods; the webhooks' Service leads to this machine. */
async function install(
  { apply, mustKubectl }: ControlPlane,
  { workloads, webhookPort }: { readonly workloads: boolean; readonly webhookPort: number },
): Promise<void> {
  const crds = workloads ? [...OWN_CRDS, ...WORKLOAD_CRDS] : OWN_CRDS;
  await applyAll(apply, customResourceDefinitions(crds));
  await mustKubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']);
  await applyAll(apply, [...namespaces(), ...managerRbac(), ...daemonRbac()]);
  if (workloads) await applyAll(apply, [...localService(), ...localWebhooks(webhookPort)]);
}

const applyAll = (apply: ControlPlane['apply'], items: readonly object[]): Promise<string> =>
  apply({ apiVersion: 'v1', kind: 'List', items });

/**
 * kube-apiserver calls a Service of this type by its external name, and asks for the certificate of the Service all the same. The
 * manager waits for an endpoint, which controllers make in a cluster.
 */
function localService(): readonly object[] {
  const metadata = { name: WEBHOOK_SERVICE, namespace: SYSTEM_NAMESPACE };
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { type: 'ExternalName', externalName: 'localhost' },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': WEBHOOK_SERVICE } },
      addressType: 'FQDN',
      endpoints: [{ addresses: ['localhost.localdomain'] }],
    },
  ];
}

function localWebhooks(port: number): readonly object[] {
  // Ours: made from the table of routes a few lines before.
  const configurations = webhookConfigurations() as unknown as readonly {
    readonly webhooks: readonly { readonly clientConfig: { readonly service: object } }[];
  }[];
  return configurations.map(configuration => ({
    ...configuration,
    webhooks: configuration.webhooks.map(({ clientConfig, ...webhook }) => ({
      ...webhook,
      clientConfig: { service: { ...clientConfig.service, port } },
    })),
  }));
}

async function untilNodeImages({ client }: KubeConnection, count: number): Promise<void> {
  const options = { what: `${count} NodeImages`, timeoutMs: PATIENCE_MS, everyMs: 1_000 };
  await until(async () => (await client.list(NODE_IMAGES)).items.length === count, options);
}
