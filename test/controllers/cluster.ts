import type { Node, Pod, Secret } from '../../api/core.ts';
import type {
  ImagePullJob,
  ImagePullJobSpec,
  ImagePullJobStatus,
} from '../../api/image-pull-job.ts';
import { SYSTEM_NAMESPACE } from '../../api/names.ts';
import type { ImageTagSpec, NodeImage } from '../../api/node-image.ts';
import type { Resource } from '../../api/resource.ts';
import { IMAGE_PULL_JOBS, NODE_IMAGES, NODES, PODS, SECRETS } from '../../api/resources.ts';
import { setupControllers } from '../../controllers/index.ts';
import { createInformers } from '../../controllers/informers.ts';
import type { Controller } from '../../kube/controller.ts';
import { createEventRecorder } from '../../kube/create-event-recorder.ts';
import { createInformer } from '../../kube/create-informer.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { silentLogger } from '../../runtime/log.ts';
import { type Metrics, noMetrics } from '../../runtime/metrics.ts';
import { type ControllerWorld, startControllerWorld } from '../support/controller-world.ts';
import { type FakeClock, settle } from '../support/fake-clock.ts';
import { FakeDaemons, type FakeDaemonsOptions } from '../support/fake-daemon.ts';
import type { FakeKube } from '../support/fake-kube.ts';

/** Objects that tests of node-image and image-pull-job are about. */

const LONG_AGO = '2025-12-01T00:00:00Z';

export interface NodeFields {
  readonly ready?: 'True' | 'False' | 'Unknown';
  readonly diskPressure?: boolean;
  readonly since?: string;
  readonly labels?: Record<string, string>;
  readonly os?: string;
}

export function node(name: string, fields: NodeFields = {}): Node {
  const {
    ready = 'True',
    diskPressure = false,
    since = LONG_AGO,
    labels = {},
    os = 'linux',
  } = fields;
  return {
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    status: {
      nodeInfo: { operatingSystem: os },
      conditions: [
        { type: 'Ready', status: ready, lastTransitionTime: since },
        {
          type: 'DiskPressure',
          status: diskPressure ? 'True' : 'False',
          lastTransitionTime: since,
        },
      ],
    },
  };
}

/** Names `node-01` to `node-NN`. */
export const nodeNames = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `node-${String(index + 1).padStart(2, '0')}`);

export function pullJob(
  name: string,
  spec: Partial<ImagePullJobSpec> = {},
  labels?: Record<string, string>,
): ImagePullJob {
  return {
    metadata: { name, namespace: 'default', ...(labels === undefined ? {} : { labels }) },
    spec: { image: 'nginx:1.27', parallelism: 100, completionPolicy: { type: 'Always' }, ...spec },
  };
}

export function podOn(
  nodeName: string,
  name: string,
  labels: Record<string, string> = { app: 'web' },
): Pod {
  return {
    metadata: { name, namespace: 'default', labels },
    spec: { nodeName, containers: [{ name: 'main', image: 'app:v1' }] },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: LONG_AGO }],
    },
  };
}

export function pullSecret(name: string, password = 'secret'): Secret {
  return {
    metadata: { name, namespace: 'default', labels: { team: 'a' }, annotations: { note: 'b' } },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from(password).toString('base64') },
  };
}

export interface ClusterOptions extends FakeDaemonsOptions {
  /** A number of Ready nodes, or the nodes themselves. */
  readonly nodes?: number | readonly Node[];
  readonly seed?: (kube: FakeKube) => void;
  readonly gateOff?: boolean;
  readonly metrics?: Metrics;
  readonly maxPullsPerRegistry?: number;
}

/** All controllers and a fake daemon on every node. */
export interface Cluster extends ControllerWorld {
  readonly daemons: FakeDaemons;
  create(job: ImagePullJob): Promise<void>;
  edit(name: string, spec: Partial<ImagePullJobSpec>): Promise<void>;
  remove(name: string): Promise<void>;
  status(name: string): ImagePullJobStatus;
  /** Changes a Node. */
  setNode(changed: Node): Promise<void>;
  nodeImage(name: string): NodeImage;
  entry(nodeName: string, image?: string): ImageTagSpec | undefined;
  /** Names of the nodes with an entry of the image, in order. */
  holding(image?: string): string[];
  /** Ends the controllers as SIGKILL would; daemons go on. */
  kill(): void;
  /** Changes a Pod, or creates it. */
  setPod(changed: Pod): Promise<void>;
  deletePod(name: string): Promise<void>;
}

/** Starts the cluster and lets it settle: every node has its NodeImage. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const { nodes = 3, maxPullsPerRegistry = 0 } = options;
  const all = typeof nodes === 'number' ? nodeNames(nodes).map(name => node(name)) : nodes;
  let daemons: FakeDaemons | undefined;
  const killed = new AbortController();
  const gates = {
    KruiseDaemon: true,
    ImagePullJobGate: options.gateOff !== true,
    PreDownloadImageForInPlaceUpdate: true,
    PreDownloadImageForDaemonSetUpdate: true,
  };
  const world = await startControllerWorld(
    deps => {
      const fake = new FakeDaemons(deps, options);
      daemons = fake;
      const daemonsRun = {
        name: 'daemons',
        enqueue: () => {},
        run: (signal: AbortSignal) => fake.run(signal),
      };
      const controllers = setupControllers(
        { gates, writeDeadlineMs: 4_000, maxPullsPerRegistry },
        deps,
      );
      return [...controllers.map(each => mortal(each, killed.signal)), daemonsRun];
    },
    {
      ...(options.metrics === undefined ? {} : { metrics: options.metrics }),
      seed: kube => {
        for (const each of all) kube.seed(NODES, each);
        options.seed?.(kube);
      },
    },
  );
  if (daemons === undefined) throw new Error('the controllers were not set up');
  const { kube } = world;
  const upsert = async <T extends Node | Pod>(resource: Resource<T>, object: T): Promise<void> => {
    const { name, namespace } = object.metadata;
    const target = { name, ...(namespace === undefined ? {} : { namespace }) };
    if ((await kube.get(resource, target)) === undefined) await kube.create(resource, object);
    else await kube.patch(resource, target, { type: 'merge', body: object });
    const body = { status: object.status };
    await kube.patch(resource, target, { type: 'merge', body }, { subresource: 'status' });
    await world.run();
  };
  const cluster: Cluster = {
    ...world,
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
    daemons,
    kill: () => killed.abort(new Error('killed')),
    create: async job => {
      await kube.create(IMAGE_PULL_JOBS, job);
      await world.run();
    },
    edit: async (name, spec) => {
      await kube.patch(
        IMAGE_PULL_JOBS,
        { name, namespace: 'default' },
        { type: 'merge', body: { spec } },
      );
      await world.run();
    },
    remove: async name => {
      await kube.delete(IMAGE_PULL_JOBS, { name, namespace: 'default' });
      await world.run();
    },
    status: name => {
      const status = kube.read(IMAGE_PULL_JOBS, `default/${name}`)?.status;
      if (status === undefined) throw new Error(`job ${name} has no status`);
      return status;
    },
    setNode: changed => upsert(NODES, changed),
    nodeImage: name => {
      const found = kube.read(NODE_IMAGES, name);
      if (found === undefined) throw new Error(`there is no NodeImage ${name}`);
      return found;
    },
    entry: (nodeName, image = 'nginx:1.27') => entryIn(kube.read(NODE_IMAGES, nodeName), image),
    holding: (image = 'nginx:1.27') =>
      kube
        .readAll<NodeImage>(NODE_IMAGES)
        .filter(found => entryIn(found, image) !== undefined)
        .map(({ metadata }) => metadata.name),
    setPod: changed => upsert(PODS, changed),
    deletePod: async name => {
      await kube.delete(PODS, { name, namespace: 'default' });
      await world.run();
    },
  };
  return cluster;
}

/** A controller that ends with `killed` too. */
function mortal(controller: Controller, killed: AbortSignal): Controller {
  return {
    name: controller.name,
    enqueue: (key, delayMs) => controller.enqueue(key, delayMs),
    run: signal => controller.run(AbortSignal.any([signal, killed])),
  };
}

/** Another replica. */
export interface Replica extends AsyncDisposable {
  /** Starts its controllers, as on winning the Lease. */
  lead(): Promise<void>;
  /** Ends them, as on losing it. The caches go on. */
  resign(): Promise<void>;
}

/** Starts another replica on the same API: its caches follow, its controllers wait. */
export async function startReplica(
  client: KubeClient,
  clock: FakeClock,
  {
    maxPullsPerRegistry = 0,
    metrics = noMetrics,
  }: Pick<ClusterOptions, 'maxPullsPerRegistry' | 'metrics'> = {},
): Promise<Replica> {
  const base = { client, clock, log: silentLogger, metrics, random: () => 0.5 };
  const informers = createInformers(
    { workloads: [], namespace: SYSTEM_NAMESPACE },
    { createInformer: declared => createInformer(declared, base) },
  );
  const events = createEventRecorder({ component: 'headstart-manager' }, base);
  const gates = {
    KruiseDaemon: true,
    ImagePullJobGate: true,
    PreDownloadImageForInPlaceUpdate: true,
    PreDownloadImageForDaemonSetUpdate: true,
  };
  const options = { gates, writeDeadlineMs: 4_000, maxPullsPerRegistry };
  const controllers = setupControllers(options, { ...base, informers, events });
  const abort = new AbortController();
  let term = new AbortController();
  const running = [informers.run(abort.signal)];
  await settle();
  await informers.synced();
  return {
    lead: async () => {
      term = new AbortController();
      const signal = AbortSignal.any([abort.signal, term.signal]);
      for (const controller of controllers) running.push(controller.run(signal));
      await settle();
    },
    resign: async () => {
      term.abort(new Error('the term ended'));
      await settle();
    },
    [Symbol.asyncDispose]: async () => {
      abort.abort(new Error('the test ended'));
      await Promise.allSettled(running);
    },
  };
}

function entryIn(nodeImage: NodeImage | undefined, image: string): ImageTagSpec | undefined {
  const [name = '', tag = ''] = image.split(/:(?=[^:]*$)/);
  return nodeImage?.spec.images?.[name]?.tags.find(entry => entry.tag === tag);
}

/** Reads a mirrored secret by its source. */
export function mirrorsIn(kube: FakeKube): readonly Secret[] {
  return kube
    .readAll<Secret>(SECRETS)
    .filter(({ metadata }) => metadata.namespace === 'kruise-daemon-config');
}
