import { CLONE_SETS } from '../api/resources.ts';
import type { Workload } from '../api/workload.ts';
import type { KubeClient } from '../kube/kube-client.ts';
import type { LoadOutcome } from './https-load.ts';
import { rounded } from './result.ts';
import { COMMON_DEFAULTS, type Result, type Scenario } from './scenario.ts';
import { median } from './table.ts';
import { untilArmed } from './until-armed.ts';
import { type Loader, startLoader } from './webhook-load.ts';
import { startWorld } from './world.ts';

/** What a review of an update of a CloneSet weighs that has some environment, probes and a sidecar. */
const REVIEW_BYTES = 13_000;
const CONNECTIONS = [1, 8, 32];
const PATCHES = 300;

/** Reviews of an image change straight to the manager, and patches through the API server with and without webhooks. */
export const webhook: Scenario = {
  name: 'webhook',
  summary: 'reviews a second of a 13 KB CloneSet update, against a bare server; what a patch pays',
  defaults: { ...COMMON_DEFAULTS, nodes: 1, parallelism: 1 },
  run,
};

async function run(): Promise<Result> {
  await using world = await startWorld({ workloads: true });
  const { client } = world.connection;
  await untilArmed(client);
  const loader = await startLoader(world);
  const byConnections: Record<string, Result> = {};
  for (const connections of CONNECTIONS) {
    byConnections[`connections${connections}`] = await compare(
      loader,
      world.webhookPort,
      connections,
    );
  }
  return { ...byConnections, ...(await patches(client)) };
}

async function compare(loader: Loader, port: number, connections: number): Promise<Result> {
  const body = review();
  const mutate = await loader.load({
    port,
    path: '/mutate-apps-kruise-io-cloneset',
    body,
    connections,
  });
  const bare = await loader.load({ port: loader.barePort, path: '/', body, connections });
  const validate = await loader.load({
    port,
    path: '/validate-apps-kruise-io-cloneset',
    body,
    connections,
  });
  mustSucceed(mutate, bare, validate);
  return {
    mutateReqPerSec: mutate.requestsPerSecond,
    mutateP99Ms: mutate.p99Ms,
    validateReqPerSec: validate.requestsPerSecond,
    validateP99Ms: validate.p99Ms,
    bareReqPerSec: bare.requestsPerSecond,
    bareP99Ms: bare.p99Ms,
    ratioToBareHttps: rounded(mutate.requestsPerSecond / bare.requestsPerSecond),
  };
}

function mustSucceed(...outcomes: readonly LoadOutcome[]): void {
  const failures = outcomes.reduce((sum, outcome) => sum + outcome.failures, 0);
  if (failures > 0) throw new Error(`${failures} reviews were not answered with 200`);
}

/** Two CloneSets are patched in turn: webhooks see the one in `default`, and leave `kube-system` out. */
async function patches(client: KubeClient): Promise<Result> {
  const seen: number[] = [];
  const unseen: number[] = [];
  const groups = [
    ['default', seen],
    ['kube-system', unseen],
  ] as const;
  for (const [namespace] of groups) await client.create(CLONE_SETS, cloneSet(namespace, 0));
  for (let version = 1; version <= PATCHES; version++) {
    for (const [namespace, times] of groups) times.push(await patch(client, namespace, version));
  }
  return {
    patchP50Ms: rounded(median(seen)),
    addedPatchP50Ms: rounded(median(seen) - median(unseen)),
  };
}

async function patch(client: KubeClient, namespace: string, version: number): Promise<number> {
  const path = '/spec/template/spec/containers/0/image';
  const operations = [{ op: 'replace', path, value: image(version) }] as const;
  const start = performance.now();
  await client.patch(CLONE_SETS, { namespace, name: 'web' }, { type: 'json', operations });
  return performance.now() - start;
}

const image = (version: number): string => `registry.example/web:${version}`;

function cloneSet(namespace: string, version: number): Workload {
  const labels = { app: 'web' };
  const env = Array.from({ length: 60 }, (_, i) => ({
    name: `SETTING_${i}`,
    value: `https://service-${i}.example.svc:8443/path`,
  }));
  const containers = [
    { name: 'main', image: image(version), env },
    { name: 'proxy', image: 'registry.example/proxy:1' },
  ];
  return {
    apiVersion: 'apps.kruise.io/v1beta1',
    kind: 'CloneSet',
    metadata: { namespace, name: 'web', labels },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
    },
  };
}

function review(): object {
  const { group, version, plural, kind } = CLONE_SETS;
  const resource = { group, version, resource: plural };
  const review = {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
      kind: { group, version, kind },
      resource,
      requestKind: { group, version, kind },
      requestResource: resource,
      name: 'web',
      namespace: 'default',
      operation: 'UPDATE',
      userInfo: { username: 'admin', groups: ['system:authenticated'] },
      object: cloneSet('default', 2),
      oldObject: cloneSet('default', 1),
      dryRun: false,
      options: { apiVersion: 'meta.k8s.io/v1', kind: 'UpdateOptions' },
    },
  };
  const missing = REVIEW_BYTES - Buffer.byteLength(JSON.stringify(review));
  if (missing < 0) throw new Error(`the review is ${-missing} bytes too long`);
  const annotations = { note: 'x'.repeat(missing) };
  const { request } = review;
  const object = { ...request.object, metadata: { ...request.object.metadata, annotations } };
  return { ...review, request: { ...request, object } };
}
