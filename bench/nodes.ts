import type { NodeImage } from '../api/node-image.ts';
import { NODE_IMAGES } from '../api/resources.ts';
import type { KubeConnection } from '../kube/connect-kube.ts';
import { createInformer } from '../kube/create-informer.ts';
import { informerDeps } from './connection.ts';
import { startMeasure } from './measure.ts';
import { createNode, LABEL_GROUP, writeMany } from './objects.ts';
import { rounded, secondsSince } from './result.ts';
import { COMMON_DEFAULTS, type Result, type Scenario, type ScenarioOptions } from './scenario.ts';
import { startWorld } from './world.ts';

/** New Nodes, all at once, until each has a NodeImage with its labels. */
export const nodes: Scenario = {
  name: 'nodes',
  summary: 'new Nodes, all at once, until each has its labelled NodeImage',
  defaults: COMMON_DEFAULTS,
  run,
};

async function run(options: ScenarioOptions): Promise<Result> {
  await using world = await startWorld({});
  await using watch = await watchLabels(world.connection, options.nodes);
  const ended = await startMeasure(world);
  const start = performance.now();
  await writeMany(options.nodes, index => createNode(world.connection.client, index));
  const createdSeconds = secondsSince(start);
  await watch.labelled;
  const labelledSeconds = secondsSince(start);
  const { writesTotal, writes, ...cost } = await ended();
  return {
    labelledSeconds,
    createdSeconds,
    behindSeconds: rounded(labelledSeconds - createdSeconds),
    writesPerNode: rounded(writesTotal / options.nodes),
    ...cost,
    writes,
  };
}

interface LabelWatch extends AsyncDisposable {
  /** Resolves when so many NodeImages have labels. */
  readonly labelled: Promise<void>;
}

async function watchLabels(connection: KubeConnection, count: number): Promise<LabelWatch> {
  const informer = createInformer<NodeImage>(
    { resource: NODE_IMAGES },
    informerDeps('bench', connection),
  );
  const seen = new Set<string>();
  const labelled = new Promise<void>(resolve => {
    informer.onChange(({ object: { metadata } }) => {
      if (metadata.labels?.[LABEL_GROUP] !== undefined) seen.add(metadata.name);
      if (seen.size === count) resolve();
    });
  });
  const stop = new AbortController();
  const running = informer.run(stop.signal);
  await informer.synced();
  return {
    labelled,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}
