import assert from 'node:assert/strict';
import { GROUP } from '../../api/names.ts';
import { NODES, PODS } from '../../api/resources.ts';
import type { Workload } from '../../api/workload.ts';
import { workloadKind } from '../../api/workload-kinds.ts';
import { noMetrics } from '../../runtime/metrics.ts';
import { createWorkloadController } from '../../sim/workload-controller/setup.ts';
import { WORKLOAD_PODS, type WorkloadPod } from '../../sim/workload-controller/workload-pod.ts';
import { settle } from '../support/fake-clock.ts';
import { FakeKube } from '../support/fake-kube.ts';
import { RecordingLogger } from '../support/recording-logger.ts';

export interface WorkloadFields {
  readonly kind?: 'CloneSet' | 'StatefulSet' | 'DaemonSet';
  /** Nodes of the cluster, which matter to a DaemonSet alone. */
  readonly nodes?: number;
  readonly replicas?: number;
  /** Below `rollingUpdate`. */
  readonly rolling?: object;
  /** `OnDelete` or, the default, `RollingUpdate`. */
  readonly type?: string;
  readonly podManagementPolicy?: string;
}

/** A workload `default/web` and its stand-in controller on an API in memory; nothing runs its pods but `start`. */
export interface WorkloadWorld extends AsyncDisposable {
  readonly kube: FakeKube;
  /** Lets everything happen that happens within `ms`. */
  run(ms?: number): Promise<void>;
  /** In the order of their names. */
  pods(): readonly WorkloadPod[];
  /** Names of the pods that run `image`, by their specs. */
  on(image: string): readonly string[];
  /** Plays the kubelet: every pod runs what its spec says and is Ready. */
  start(): Promise<void>;
  /** Merges into the spec of the workload. */
  edit(spec: object): Promise<void>;
  setImage(image: string): Promise<void>;
  workload(): Workload;
  /** Pods that were asked for, also those whose creation failed. */
  creates(): readonly (string | undefined)[];
}

const web = { namespace: 'default', name: 'web' };

/** The template's part of a workload's spec. */
export const withImage = (image: string, env?: string) => ({
  template: {
    metadata: { labels: { app: 'web' } },
    spec: {
      containers: [
        { name: 'main', image, ...(env === undefined ? {} : { env: [{ name: 'A', value: env }] }) },
      ],
    },
  },
});

function workloadOf(fields: WorkloadFields): Workload {
  const { kind = 'CloneSet', replicas = 4, type = 'RollingUpdate' } = fields;
  const inPlace = kind === 'DaemonSet' ? 'rollingUpdateType' : 'podUpdatePolicy';
  const rollingUpdate = { [inPlace]: 'InPlaceIfPossible', maxUnavailable: 1 };
  const { podManagementPolicy = 'Parallel' } = fields;
  return {
    metadata: { ...web, uid: 'uid-web', generation: 1 },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      ...withImage('app:v1'),
      updateStrategy: { type, rollingUpdate: { ...rollingUpdate, ...fields.rolling } },
      ...(kind === 'StatefulSet' ? { podManagementPolicy } : {}),
    },
  };
}

/** Starts the controller and lets it see the workload. */
export async function startWorkloadWorld(fields: WorkloadFields = {}): Promise<WorkloadWorld> {
  const kind = workloadKind({ group: GROUP, kind: fields.kind ?? 'CloneSet' });
  assert.ok(kind);
  const kube = new FakeKube();
  kube.seed(kind.resource, workloadOf(fields));
  for (let i = 1; i <= (fields.nodes ?? 0); i++) {
    kube.seed(NODES, { metadata: { name: `node-${i}` } });
  }
  let last = 0;
  // A new one each time: names of pods are made of it.
  const random = (): number => (last = (last + 0.0973) % 1);
  const base = { client: kube, clock: kube.clock, log: new RecordingLogger(), metrics: noMetrics };
  const controller = createWorkloadController(kind, { ...base, random });
  const abort = new AbortController();
  const running = controller.run(abort.signal);
  const run = async (ms = 0): Promise<void> => {
    await settle();
    await kube.clock.advance(ms);
    await settle();
  };
  const pods = (): readonly WorkloadPod[] => kube.readAll<WorkloadPod>(WORKLOAD_PODS);
  const edit = async (spec: object): Promise<void> => {
    await kube.patch(kind.resource, web, { type: 'merge', body: { spec } });
    await run();
  };
  await run();
  return {
    kube,
    run,
    pods,
    on: image =>
      pods()
        .filter(pod => pod.spec?.containers?.some(container => container.image === image))
        .map(pod => pod.metadata.name),
    start: async () => {
      for (const pod of pods()) await startPod(kube, pod);
      await run();
    },
    edit,
    setImage: image => edit(withImage(image)),
    workload: () => kube.read(kind.resource, 'default/web') ?? assert.fail('no workload'),
    creates: () =>
      kube.requests
        .filter(({ verb, resource }) => verb === 'create' && resource === PODS.plural)
        .map(({ name }) => name),
    [Symbol.asyncDispose]: async () => {
      abort.abort(new Error('the test ended'));
      await running.catch(() => {});
    },
  };
}

async function startPod(kube: FakeKube, pod: WorkloadPod): Promise<void> {
  const containerStatuses = pod.spec?.containers?.map(({ name, image = '' }) => ({
    name,
    image,
    imageID: `id-of-${image}`,
  }));
  const conditions = [{ type: 'Ready', status: 'True' }];
  const body = { status: { phase: 'Running', conditions, containerStatuses } };
  await kube.patch(PODS, pod.metadata, { type: 'merge', body }, { subresource: 'status' });
}
