import type { ImageTagSpec } from '../api/node-image.ts';
import { NODE_IMAGES } from '../api/resources.ts';
import { type DaemonMachine, startDaemonMachine } from '../test/cluster/daemon-machine.ts';
import { sleep } from '../test/cluster/until.ts';
import { createDaemonProcess, type DaemonProcess } from './daemon-process.ts';
import { cpuMs, rssMb } from './process-usage.ts';
import { refetchedBytes } from './refetched-bytes.ts';
import { rounded } from './result.ts';
import { COMMON_DEFAULTS, type Result, type Scenario, type ScenarioOptions } from './scenario.ts';
import { median } from './table.ts';
import { type TagResults, watchTagResults } from './tag-results.ts';
import { startWatchedRuntime, type WatchedRuntime } from './watched-runtime.ts';

const NODE = 'bench';
const REPOSITORY = 'registry.example/app';
const STARTS = 3;
const PULLS = 10;
const TAGS = 200;
/** Long enough that each pull finds a token for its write: a daemon writes every two seconds at most. */
const BETWEEN_PULLS_MS = 2_200;
/** What a start leaves behind is gone then. */
const SETTLE_MS = 10_000;
/** As kubelet asks. */
const PROBE_EVERY_MS = 10_000;

/** The daemon of one node: how fast it is, and what it costs when it does nothing. */
export const daemon: Scenario = {
  name: 'daemon',
  summary: 'one daemon as its pod runs it: latencies, memory, CPU; what it downloads twice (root)',
  defaults: { ...COMMON_DEFAULTS, nodes: 1, parallelism: 1, pullMs: 20 },
  run,
};

interface Bench {
  readonly machine: DaemonMachine;
  readonly daemon: DaemonProcess;
  readonly runtime: WatchedRuntime;
  readonly results: TagResults;
}

async function run({ pullMs, idleSeconds }: ScenarioOptions): Promise<Result> {
  await using machine = await startDaemonMachine();
  const bench = await prepare(machine, pullMs);
  const startToFirstPullMs = await starts(bench);
  const idle = await idleness(bench, idleSeconds * 1000);
  const latencies = await pulls(bench, pullMs);
  const rss200TagsMb = await withManyTags(bench);
  await bench.daemon.stop();
  const refetched = await refetchedBytes(machine);
  return {
    ...latencies,
    ...idle,
    rss200TagsMb,
    startToFirstPullMs,
    refetchedBytes: Math.max(...Object.values(refetched).map(Number)),
    refetched,
  };
}

async function prepare(machine: DaemonMachine, pullMs: number): Promise<Bench> {
  const { client, cleanup } = machine;
  await client.create(NODE_IMAGES, { metadata: { name: NODE }, spec: { images: {} } });
  const runtime = await startWatchedRuntime(pullMs, machine);
  const results = await watchTagResults(NODE, client, cleanup);
  const daemon = await createDaemonProcess(NODE, runtime.socketPath, machine);
  return { machine, runtime, results, daemon };
}

/** From a new process to its first pull. */
async function starts({ machine, runtime, results, daemon }: Bench): Promise<number> {
  const times: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    await want(machine, [`start-${start}`]);
    const pulled = runtime.nextPull(`${REPOSITORY}:start-${start}`);
    const succeeded = results.succeeded(REPOSITORY, 1);
    const startedMs = performance.now();
    daemon.start();
    times.push((await pulled) - startedMs);
    await succeeded;
    await daemon.stop();
  }
  return rounded(median(times));
}

/** What a daemon costs that nobody wants anything of but its health. */
async function idleness({ machine, daemon }: Bench, idleMs: number): Promise<Result> {
  await want(machine, []);
  daemon.start();
  await daemon.ready();
  await sleep(SETTLE_MS);
  const [beforeMs, startMs] = [await cpuMs(daemon.pid), performance.now()];
  for (let leftMs = idleMs; leftMs > 0; leftMs -= PROBE_EVERY_MS) {
    await daemon.probe();
    await sleep(Math.min(leftMs, PROBE_EVERY_MS));
  }
  const usedMs = (await cpuMs(daemon.pid)) - beforeMs;
  return {
    idleCpuPercent: rounded((100 * usedMs) / (performance.now() - startMs)),
    idleRssMb: rounded(await rssMb(daemon.pid)),
  };
}

/** Pulls one after the other. The end of a pull is that of the runtime's work, `pullMs` after it was called. */
async function pulls(
  { machine, runtime, results }: Bench,
  pullMs: number,
): Promise<{ readonly writeToPullMs: number; readonly pullEndToStatusMs: number }> {
  const toPull: number[] = [];
  const toStatus: number[] = [];
  const tags: string[] = [];
  for (let pull = 0; pull < PULLS; pull++) {
    tags.push(`pull-${pull}`);
    const pulled = runtime.nextPull(`${REPOSITORY}:pull-${pull}`);
    const succeeded = results.succeeded(REPOSITORY, tags.length);
    await want(machine, tags);
    const writtenMs = performance.now();
    const calledMs = await pulled;
    toPull.push(calledMs - writtenMs);
    toStatus.push((await succeeded) - calledMs - pullMs);
    await sleep(BETWEEN_PULLS_MS);
  }
  return {
    writeToPullMs: rounded(median(toPull)),
    pullEndToStatusMs: rounded(median(toStatus)),
  };
}

async function withManyTags({ machine, results, daemon }: Bench): Promise<number> {
  const tags = Array.from({ length: TAGS }, (_, index) => `many-${index}`);
  const succeeded = results.succeeded(REPOSITORY, TAGS);
  await want(machine, tags);
  await succeeded;
  await sleep(SETTLE_MS);
  return rounded(await rssMb(daemon.pid));
}

async function want({ client }: DaemonMachine, tags: readonly string[]): Promise<void> {
  const specs: readonly ImageTagSpec[] = tags.map(tag => ({
    tag,
    imagePullPolicy: 'IfNotPresent',
    pullPolicy: { ttlSecondsAfterFinished: 600 },
  }));
  const value = specs.length === 0 ? {} : { [REPOSITORY]: { tags: specs } };
  const operations = [{ op: 'add', path: '/spec/images', value }] as const;
  await client.patch(NODE_IMAGES, { name: NODE }, { type: 'json', operations });
}
