import { aborted } from '../../runtime/abort.ts';
import { systemClock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/log.ts';
import { RegistryModel } from '../../sim/registry-model.ts';
import { type EmbeddedCluster, startEmbeddedCluster } from '../embedded/embedded-cluster.ts';
import { createDisplay } from './display.ts';
import type { DemoOptions } from './options.ts';
import { runRollout } from './run-rollout.ts';
import {
  bytesPerSecond,
  DEFAULT_SCENARIO,
  NEW_IMAGE,
  OLD_IMAGE,
  type Scenario,
} from './scenario.ts';
import { comparison, type RolloutMeasure } from './table.ts';

/** Size of the image that the pods start with; its download is no part of what is shown. */
const OLD_IMAGE_BYTES = 1_000_000;

const print = (line = ''): void => {
  process.stdout.write(`${line}\n`);
};

/** Two rollouts of one model, without and with pre-download, and a comparison; or, with `keep`, a cluster to play with. */
export async function runDemo(options: DemoOptions, signal: AbortSignal): Promise<void> {
  const scenario = { ...DEFAULT_SCENARIO, nodes: options.nodes, replicas: options.replicas };
  if (options.keep) return keepCluster(scenario, signal);
  const started = systemClock.monotonicMs();
  introduce(scenario);
  const without = await measure(scenario, false, signal);
  const withPredownload = await measure(scenario, true, signal);
  print();
  for (const line of comparison(without, withPredownload)) print(line);
  print();
  print(
    'Real: webhooks over TLS, controllers, daemons, CRI over gRPC, every write and watch of the Kubernetes API.',
  );
  print(
    'Simulated: API server, container runtimes, kubelets, scheduler, CloneSet controller, and the time that bytes take.',
  );
  print(
    `Done in ${((systemClock.monotonicMs() - started) / 1000).toFixed(0)} s. Try it yourself: npm run demo -- --keep`,
  );
}

function introduce(scenario: Scenario): void {
  print(
    `A CloneSet of ${scenario.replicas} pods on ${scenario.nodes} nodes gets a new image, ${OLD_IMAGE} to ${NEW_IMAGE}, in place.`,
  );
  print(
    `The image has ${scenario.imageMegabytes} MB; a node loads ${scenario.nodeMegabitsPerSecond} Mbit/s, the registry gives ${scenario.registryMegabitsPerSecond} Mbit/s; ` +
      `maxUnavailable ${scenario.maxUnavailable}, pre-download ${scenario.parallelism} nodes at a time.`,
  );
}

async function measure(
  scenario: Scenario,
  predownload: boolean,
  signal: AbortSignal,
): Promise<RolloutMeasure> {
  print();
  print(predownload ? 'With pre-download:' : 'Without pre-download:');
  await using cluster = await startCluster(scenario);
  const display = createDisplay(process.stdout);
  try {
    const work = runRollout(cluster, { scenario, predownload, display }, signal);
    return await Promise.race([work, failureOf(cluster)]);
  } finally {
    display.stop();
  }
}

/** A part of the cluster that fails ends the demo with its reason. */
async function failureOf(cluster: EmbeddedCluster): Promise<never> {
  await cluster.running;
  return new Promise<never>(() => {});
}

async function keepCluster(scenario: Scenario, signal: AbortSignal): Promise<void> {
  await using cluster = await startCluster(scenario);
  print(`An embedded cluster of ${scenario.nodes} nodes is running. In another terminal:`);
  print();
  print(`  export KUBECONFIG=${cluster.kubeconfigPath}`);
  print('  kubectl get nodes,nodeimages');
  print('  kubectl apply -f manifests/samples/cloneset-06-predownload-parallelism.yaml');
  print('  kubectl get imagepulljobs,nodeimages');
  print();
  print('Every image exists. Ctrl-C ends the cluster.');
  await Promise.race([aborted(signal), failureOf(cluster)]);
}

async function startCluster(scenario: Scenario): Promise<EmbeddedCluster> {
  const uplink = {
    name: 'registry',
    bytesPerSecond: bytesPerSecond(scenario.registryMegabitsPerSecond),
  };
  const sizeBytes = scenario.imageMegabytes * 1_000_000;
  const registry = new RegistryModel({ uplink, anyImageSizeBytes: sizeBytes });
  // Nobody wants to wait for the first start.
  registry.push(OLD_IMAGE, { sizeBytes: OLD_IMAGE_BYTES });
  return startEmbeddedCluster(
    {
      nodes: scenario.nodes,
      nodeBytesPerSecond: bytesPerSecond(scenario.nodeMegabitsPerSecond),
      restartMs: scenario.restartMs,
    },
    { log: silentLogger, registry },
  );
}
