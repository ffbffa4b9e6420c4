import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { isConditionTrue } from '../../api/conditions.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { IMAGE_PULL_JOBS, NODE_IMAGES } from '../../api/resources.ts';
import { type EmbeddedCluster, startEmbeddedCluster } from '../../cli/embedded/embedded-cluster.ts';
import type { Scenario } from '../../cli/simulate/scenario.ts';
import { simulate } from '../../cli/simulate/simulate.ts';
import { silentLogger } from '../../runtime/log.ts';
import { RegistryModel } from '../../sim/registry-model.ts';
import { sleep, until } from './until.ts';

const NODES = 40;
const NODE_BANDWIDTH = 25e6;
const REGISTRY_BANDWIDTH = 125e6;
/** A pull alone takes seconds, so that what the machine adds to each is a small part. */
const CASES = [
  { limit: 'the registry', nodes: NODES, parallelism: 10, imageBytes: 56e6 },
  { limit: 'the nodes and the parallelism', nodes: 20, parallelism: 4, imageBytes: 90e6 },
] as const;
type Case = (typeof CASES)[number];

const repository = (it: Case): string => `registry.example.com/by-${it.imageBytes}`;

/** The same daemons and controllers, once on a clock that does not wait, once over gRPC, TLS and the clock of this machine. */
describe('headstart simulate against a run in real time', () => {
  let cluster: EmbeddedCluster;
  before(async () => {
    const uplink = { name: 'registry', bytesPerSecond: REGISTRY_BANDWIDTH };
    const registry = new RegistryModel({ uplink });
    for (const it of CASES) registry.push(`${repository(it)}:new`, { sizeBytes: it.imageBytes });
    cluster = await startEmbeddedCluster(
      { nodes: NODES, nodeBytesPerSecond: NODE_BANDWIDTH, restartMs: 0 },
      { log: silentLogger, registry },
    );
    const nodeImages = async (): Promise<boolean> =>
      (await cluster.client.list(NODE_IMAGES)).items.length === NODES;
    await until(nodeImages, { what: 'the NodeImages' });
  });
  after(() => cluster?.[Symbol.asyncDispose]());

  for (const it of CASES) run(it);

  function run(its: Case): void {
    it(`predicts within 10 % how long a job takes that is limited by ${its.limit}`, async () => {
      const predictedMs = await predict(its);
      const waitedBefore = await waitedForCpuMs();
      const actualMs = await runJob(cluster, its);
      const waitedMs = (await waitedForCpuMs()) - waitedBefore;
      const ratio = predictedMs / actualMs;
      const [predicted, actual, waited] = [predictedMs, actualMs, waitedMs].map(inSeconds);
      const facts = `predicted ${predicted}, took ${actual}, of which this process waited ${waited} for a CPU`;
      console.log(`      ${facts}`);
      assert.ok(ratio > 0.9 && ratio < 1.1, facts);
    });
  }
});

const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

/** A machine that is busy with other things stretches what is measured: this says how much. */
async function waitedForCpuMs(): Promise<number> {
  const [, waitedNs] = (await readFile('/proc/self/schedstat', 'utf8')).split(' ');
  return Number(waitedNs) / 1e6;
}

async function predict({ nodes, parallelism, imageBytes }: Case): Promise<number> {
  const scenario: Scenario = {
    nodes,
    zones: 1,
    imageBytes,
    layers: 8,
    sharedShare: 0,
    nodeBandwidth: NODE_BANDWIDTH,
    registryBandwidth: REGISTRY_BANDWIDTH,
    zoneBandwidth: undefined,
    parallelism,
    maxPullsPerRegistry: 0,
    failureShare: 0,
    slow: { share: 0, factor: 1 },
    pullTimeoutMs: 600_000,
    seed: 1,
  };
  return (await simulate(scenario, new AbortController().signal)).makespanMs;
}

async function runJob({ client }: EmbeddedCluster, its: Case): Promise<number> {
  const name = { namespace: 'default', name: `warm-${its.parallelism}` };
  const names = Array.from({ length: its.nodes }, (_, i) => `node-${i + 1}`);
  const startedAtMs = performance.now();
  await client.create<ImagePullJob>(IMAGE_PULL_JOBS, {
    metadata: name,
    spec: {
      image: `${repository(its)}:new`,
      parallelism: its.parallelism,
      selector: { names },
      completionPolicy: { type: 'Always' },
    },
  });
  for (;;) {
    const job = await client.get(IMAGE_PULL_JOBS, name);
    if (isConditionTrue(job?.status?.conditions, 'Complete')) {
      assert.equal(job?.status?.succeeded, its.nodes);
      return performance.now() - startedAtMs;
    }
    await sleep(50);
  }
}
