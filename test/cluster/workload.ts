import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { LABEL_WORKLOAD } from '../../api/names.ts';
import { CLONE_SETS, IMAGE_PULL_JOBS } from '../../api/resources.ts';
import type { PodUpdatePolicy } from '../../api/rollout.ts';
import type { Workload, WorkloadStatus } from '../../api/workload.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import type { Kubectl } from './kubectl.ts';
import { until } from './until.ts';

export interface WorkloadOptions {
  readonly kind: 'CloneSet' | 'StatefulSet' | 'DaemonSet';
  readonly name: string;
  readonly image: string;
  /** Of a DaemonSet the nodes of the cluster. */
  readonly replicas: number;
  /** Pods that keep their image. Default: all of them. */
  readonly partition?: number;
  /** Default InPlaceIfPossible. */
  readonly policy?: PodUpdatePolicy;
}

/** A CloneSet, Advanced StatefulSet or Advanced DaemonSet of a test cluster, in namespace `default`, its pods spread evenly over the nodes. */
export interface TestWorkload {
  /** Type and name, for kubectl. */
  readonly reference: string;
  /** Patches image and annotations by kubectl; returns the warnings of the server. */
  setImage(image: string, annotations?: Annotations): Promise<string[]>;
  setAnnotations(annotations: Annotations): Promise<void>;
  setPartition(partition: number): Promise<void>;
  /** Waits until every pod is updated and ready. */
  isRolledOut(): Promise<void>;
  /** Its ImagePullJobs. */
  jobs(): Promise<readonly ImagePullJob[]>;
  /** Waits for the job that warms `image`. */
  jobFor(image: string): Promise<ImagePullJob>;
  /** Waits until the job that warms `image` is complete, as a script does, and returns it. */
  isWarm(image: string): Promise<ImagePullJob>;
}

/** Null removes one. */
type Annotations = Readonly<Record<string, string | null>>;

interface Deps {
  readonly cluster: Kubectl;
  readonly client: KubeClient;
}

/** Creates a workload and waits for its pods. */
export async function deploy(options: WorkloadOptions, deps: Deps): Promise<TestWorkload> {
  const { cluster, client } = deps;
  const { kind, name } = options;
  await cluster.apply(manifest(options));
  const reference = `${kind.toLowerCase()}s.apps.kruise.io/${name}`;
  const patch = (body: object): Promise<string[]> => cluster.patch([reference], body);
  const jobs = async (): Promise<readonly ImagePullJob[]> => {
    const labelSelector = `${LABEL_WORKLOAD}=${name}`;
    return (await client.list(IMAGE_PULL_JOBS, { namespace: 'default', labelSelector })).items;
  };
  const jobFor = (image: string): Promise<ImagePullJob> =>
    until(async () => (await jobs()).find(({ spec }) => spec.image === image), {
      what: `a job for ${image}`,
      everyMs: 20,
    });
  const workload: TestWorkload = {
    reference,
    setImage: (image, annotations = {}) =>
      patch({ metadata: { annotations }, spec: { template: { spec: podSpec(image) } } }),
    setAnnotations: async annotations => void (await patch({ metadata: { annotations } })),
    setPartition: async partition =>
      void (await patch({ spec: { updateStrategy: updateStrategy({ ...options, partition }) } })),
    async isRolledOut() {
      const resource = { ...CLONE_SETS, plural: reference.split('.')[0] ?? '' };
      await until(
        async () => {
          const found = await client.get(resource, { namespace: 'default', name });
          return found !== undefined && hasFinished(found, options.replicas);
        },
        { what: `the rollout of ${reference}`, timeoutMs: 120_000 },
      );
    },
    jobs,
    jobFor,
    async isWarm(image) {
      const job = `imagepulljob/${(await jobFor(image)).metadata.name}`;
      await cluster.mustKubectl(['wait', '--for=condition=Complete', job, '--timeout=60s']);
      return cluster.get(job);
    },
  };
  await workload.isRolledOut();
  return workload;
}

interface AnyStatus extends WorkloadStatus {
  readonly updatedNumberScheduled?: number;
  readonly numberReady?: number;
}

function hasFinished({ metadata, status }: Workload, pods: number): boolean {
  const { updatedNumberScheduled = 0, numberReady = 0 }: AnyStatus = status ?? {};
  const updatedReady =
    status?.updatedReadyReplicas ?? Math.min(updatedNumberScheduled, numberReady);
  return status?.observedGeneration === metadata.generation && updatedReady === pods;
}

/** CloneSets in the older shape, the others in the newer one. */
function manifest(options: WorkloadOptions): object {
  const { kind, name, image, replicas } = options;
  const labels = { app: name };
  return {
    apiVersion: `apps.kruise.io/${kind === 'CloneSet' ? 'v1alpha1' : 'v1beta1'}`,
    kind,
    metadata: { name },
    spec: {
      ...(kind === 'DaemonSet' ? {} : { replicas }),
      ...(kind === 'StatefulSet' ? { serviceName: name, podManagementPolicy: 'Parallel' } : {}),
      selector: { matchLabels: labels },
      updateStrategy: updateStrategy(options),
      template: {
        metadata: { labels },
        spec: {
          ...podSpec(image),
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'kubernetes.io/hostname',
              whenUnsatisfiable: 'DoNotSchedule',
              labelSelector: { matchLabels: labels },
            },
          ],
        },
      },
    },
  };
}

function updateStrategy(options: WorkloadOptions): object {
  const { kind, replicas, partition = replicas, policy = 'InPlaceIfPossible' } = options;
  if (kind === 'CloneSet') return { type: policy, partition };
  const how = kind === 'StatefulSet' ? { podUpdatePolicy: policy } : { rollingUpdateType: policy };
  return { type: 'RollingUpdate', rollingUpdate: { ...how, partition } };
}

function podSpec(image: string): object {
  return { containers: [{ name: 'main', image }] };
}
