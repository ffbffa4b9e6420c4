import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  MANAGER_FIELD_MANAGER,
  MUTATING_WEBHOOK_CONFIGURATION,
  SYSTEM_NAMESPACE,
  VALIDATING_WEBHOOK_CONFIGURATION,
  WEBHOOK_SERVICE,
} from '../../api/names.ts';
import {
  MUTATING_WEBHOOK_CONFIGURATIONS,
  VALIDATING_WEBHOOK_CONFIGURATIONS,
} from '../../api/resources.ts';
import { createCertificateAuthority, issueServingCertificate } from '../../certs/issue.ts';
import { connectKube } from '../../kube/connect-kube.ts';
import { cachedAccess } from '../../kube/kube-access.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { customResourceDefinitions, WORKLOAD_CRDS } from '../../manifests/crds.ts';
import { installManifests } from '../../manifests/render.ts';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import { type Runnable, runLifecycle } from '../../runtime/lifecycle.ts';
import type { Logger } from '../../runtime/log.ts';
import { noMetrics } from '../../runtime/metrics.ts';
import { type ApiServer, startApiServer } from '../../sim/api-server/start-api-server.ts';
import { createPodSyncer } from '../../sim/fleet/pod-syncer.ts';
import { type SimulatedNode, startSimulatedNode } from '../../sim/fleet/simulated-node.ts';
import type { Link } from '../../sim/max-min-fair.ts';
import { NetworkModel } from '../../sim/network-model.ts';
import type { RegistryModel } from '../../sim/registry-model.ts';
import { createScheduler } from '../../sim/scheduler.ts';
import { createWorkloadController, STAND_IN_KINDS } from '../../sim/workload-controller/setup.ts';
import { composeManager, type Manager } from '../manager/compose-manager.ts';
import { FEATURE_GATES, type ManagerOptions } from '../manager/options.ts';
import { VERSION } from '../version.ts';

export interface EmbeddedClusterOptions {
  readonly nodes: number;
  /** Of each node's link. */
  readonly nodeBytesPerSecond: number;
  /** How long a container takes to stop and start once its image is there. */
  readonly restartMs: number;
}

export interface EmbeddedClusterDeps {
  readonly log: Logger;
  readonly registry: RegistryModel;
}

/** A cluster in this process: API server, simulated nodes and stand-ins below the real manager and the real daemons. */
export interface EmbeddedCluster extends AsyncDisposable {
  readonly client: KubeClient;
  readonly nodes: readonly SimulatedNode[];
  readonly kubeconfigPath: string;
  /** Rejects when a part of the cluster fails. */
  readonly running: Promise<void>;
}

const DAY_MS = 86_400_000;
const STOP_TIMEOUT_MS = 10_000;
const LOOK_MS = 20;

/** What runs in Pods on a real cluster runs in this process here; Deployment and DaemonSet would stay empty shells. */
const NOT_INSTALLED: ReadonlySet<string> = new Set([
  'Service',
  'NetworkPolicy',
  'Deployment',
  'DaemonSet',
  'PodDisruptionBudget',
  // The embedded API server evaluates no CEL.
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
]);

/** Starts a cluster whose webhooks are called. Everything of it is gone when it is disposed of. */
export async function startEmbeddedCluster(
  options: EmbeddedClusterOptions,
  { log, registry }: EmbeddedClusterDeps,
): Promise<EmbeddedCluster> {
  const clock = systemClock;
  const folder = await mkdtemp(join(tmpdir(), 'headstart-'));
  let manager: Manager | undefined;
  const server = await startServer(log, clock, () => `127.0.0.1:${manager?.webhooks.port ?? 0}`);
  const kubeconfigPath = join(folder, 'kubeconfig');
  await writeFile(kubeconfigPath, server.kubeconfig(), { mode: 0o600 });
  const deps = { clock, log, metrics: noMetrics, random: Math.random };
  const connect = (who: string) => connectTo(server, who, deps);
  const admin = connect('headstart-embedded');
  const ours = connect(MANAGER_FIELD_MANAGER);
  const abort = new AbortController();
  manager = await composeManager(
    managerOptions(),
    { ...deps, client: ours.client, identity: 'embedded' },
    abort.signal,
  );
  const network = new NetworkModel({ clock });
  const nodes = await startNodes(options, folder, {
    ...deps,
    client: admin.client,
    network,
    registry,
  });
  const groups = [...manager.groups, standIns(nodes, { ...deps, client: admin.client })];
  const running = runLifecycle({ groups, stopTimeoutMs: STOP_TIMEOUT_MS }, deps, abort.signal);
  await Promise.race([untilArmed(admin.client, clock), running]);
  return {
    client: admin.client,
    nodes,
    kubeconfigPath,
    running,
    [Symbol.asyncDispose]: async () => {
      abort.abort();
      await running.catch(() => {});
      admin.close();
      ours.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startServer(log: Logger, clock: Clock, webhooks: () => string): Promise<ApiServer> {
  const period = { notBefore: clock.now() - DAY_MS, notAfter: clock.now() + 365 * DAY_MS };
  const authority = await createCertificateAuthority({ commonName: 'embedded-ca', ...period });
  const pair = await issueServingCertificate(authority, {
    commonName: 'embedded-apiserver',
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
    ...period,
  });
  const objects = [
    ...customResourceDefinitions(WORKLOAD_CRDS),
    ...installManifests({}).filter(({ kind }) => !NOT_INSTALLED.has(kind)),
  ];
  const service = `${SYSTEM_NAMESPACE}/${WEBHOOK_SERVICE}`;
  const services = (name: string): string | undefined =>
    name === service ? webhooks() : undefined;
  return startApiServer(
    { objects, services },
    {
      tls: { ...pair, caPem: authority.certPem },
      clock,
      log,
      random: Math.random,
      uuid: randomUUID,
    },
  );
}

function connectTo(server: ApiServer, who: string, deps: { clock: Clock; random: () => number }) {
  const credentials = { tls: { ca: server.caPem }, headers: {} };
  const access = cachedAccess(new URL(server.url), () => Promise.resolve(credentials), deps);
  return connectKube({ access, fieldManager: who, userAgent: `${who}/${VERSION}` }, deps);
}

function managerOptions(): ManagerOptions {
  return {
    namespace: SYSTEM_NAMESPACE,
    access: {},
    webhook: { host: '127.0.0.1', port: 0 },
    certificates: { folder: undefined, lives: { authorityMs: 10 * DAY_MS, servingMs: DAY_MS } },
    metrics: { host: '127.0.0.1', port: 0 },
    maxPullsPerRegistry: 0,
    leaderElect: false,
    leaseDurationMs: 15_000,
    gates: FEATURE_GATES,
    logLevel: 'info',
  };
}

/** The webhooks are called from when their configurations trust the certificate. */
async function untilArmed(client: KubeClient, clock: Clock): Promise<void> {
  for (const [resource, name] of [
    [MUTATING_WEBHOOK_CONFIGURATIONS, MUTATING_WEBHOOK_CONFIGURATION],
    [VALIDATING_WEBHOOK_CONFIGURATIONS, VALIDATING_WEBHOOK_CONFIGURATION],
  ] as const) {
    const isArmed = async (): Promise<boolean> =>
      (await client.get(resource, { name }))?.webhooks?.every(
        ({ clientConfig }) => clientConfig?.caBundle,
      ) ?? false;
    while (!(await isArmed())) await clock.sleep(LOOK_MS);
  }
}

type NodeDeps = Parameters<typeof startSimulatedNode>[1];

function startNodes(
  { nodes, nodeBytesPerSecond, restartMs }: EmbeddedClusterOptions,
  folder: string,
  deps: NodeDeps,
): Promise<readonly SimulatedNode[]> {
  const names = Array.from({ length: nodes }, (_, i) => `node-${i + 1}`);
  const downlink = (name: string): Link => ({ name, bytesPerSecond: nodeBytesPerSecond });
  return Promise.all(
    names.map(name =>
      startSimulatedNode({ name, folder, restartMs, downlink: downlink(name) }, deps),
    ),
  );
}

function standIns(
  nodes: readonly SimulatedNode[],
  deps: Parameters<typeof createScheduler>[0],
): readonly Runnable[] {
  return [
    createScheduler(deps),
    createPodSyncer(nodes, deps),
    ...STAND_IN_KINDS.map(kind => createWorkloadController(kind, deps)),
    ...nodes,
  ];
}
