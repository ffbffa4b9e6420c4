import type { Pod } from '../../api/core.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { LABEL_WORKLOAD, LABEL_WORKLOAD_KIND } from '../../api/names.ts';
import { IMAGE_PULL_JOBS, PODS } from '../../api/resources.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import type { Kubectl } from './kubectl.ts';
import { until } from './until.ts';

/** The kinds of apps/v1 that roll out. */
export const GATED_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;
export type GatedKind = (typeof GATED_KINDS)[number];

/** A workload of apps/v1 in namespace `default`, one pod a node, whose pods become ready only when the test says so: rollouts wait after each pod. */
export interface GatedWorkload {
  /** Patches image and annotations by kubectl; returns the warnings of the server. */
  patch(image: string, annotations?: Readonly<Record<string, string>>): Promise<string[]>;
  annotate(annotations: Readonly<Record<string, string>>): Promise<void>;
  /** Pods that are not going. */
  pods(): Promise<readonly Pod[]>;
  /** Waits for the first pod with `image` to run. It is not ready, so no other pod is updated. */
  firstPodWith(image: string): Promise<Pod>;
  /** Lets pods become ready until all run `image` and are. */
  rollOut(image: string): Promise<void>;
  jobs(): Promise<readonly ImagePullJob[]>;
}

export interface GatedWorkloadOptions {
  readonly kind: GatedKind;
  readonly name: string;
  readonly image: string;
  /** Nodes of the cluster. */
  readonly pods: number;
}

const GATE = 'headstart.test/gate';

const imageOf = (pod: Pod): string | undefined => pod.spec?.containers?.[0]?.image;
const has = (pod: Pod, type: string): boolean =>
  pod.status?.conditions?.some(found => found.type === type && found.status === 'True') ?? false;

/** Creates a workload and waits for its pods. */
export async function deployGated(
  options: GatedWorkloadOptions,
  { cluster, client }: { readonly cluster: Kubectl; readonly client: KubeClient },
): Promise<GatedWorkload> {
  const { kind, name } = options;
  await cluster.apply(manifest(options));
  const reference = `${kind.toLowerCase()}s.apps/${name}`;
  const pods = async (): Promise<readonly Pod[]> => {
    const { items } = await client.list(PODS, {
      namespace: 'default',
      labelSelector: `app=${name}`,
    });
    return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  };
  const rollOut = (image: string): Promise<true | undefined> =>
    until(
      async () => {
        const found = await pods();
        for (const pod of found) if (!has(pod, GATE)) await openGate(client, pod);
        const done = found.filter(pod => imageOf(pod) === image && has(pod, 'Ready'));
        return (done.length === options.pods && found.length === options.pods) || undefined;
      },
      { what: `the rollout of ${reference}`, timeoutMs: 120_000, everyMs: 300 },
    );
  await rollOut(options.image);
  return {
    patch: (image, annotations = {}) => {
      const template = { spec: { containers: [{ name: 'main', image }] } };
      return cluster.patch([reference], { metadata: { annotations }, spec: { template } });
    },
    annotate: async annotations =>
      void (await cluster.patch([reference], { metadata: { annotations } })),
    pods,
    firstPodWith: image =>
      until(
        async () =>
          (await pods()).find(
            pod => imageOf(pod) === image && has(pod, 'ContainersReady') && !has(pod, 'Ready'),
          ),
        { what: `a pod of ${reference} with ${image}` },
      ),
    rollOut: async image => void (await rollOut(image)),
    jobs: async () => {
      const labelSelector = `${LABEL_WORKLOAD}=${name},${LABEL_WORKLOAD_KIND}=${kind}`;
      return (await client.list(IMAGE_PULL_JOBS, { namespace: 'default', labelSelector })).items;
    },
  };
}

async function openGate(client: KubeClient, pod: Pod): Promise<void> {
  const value = { type: GATE, status: 'True' };
  const operations = [{ op: 'add' as const, path: '/status/conditions/-', value }];
  await client.patch(PODS, pod.metadata, { type: 'json', operations }, { subresource: 'status' });
}

const ROLLING = { maxUnavailable: 1 };

function manifest({ kind, name, image, pods }: GatedWorkloadOptions): object {
  const labels = { app: name };
  const template = {
    metadata: { labels },
    spec: {
      containers: [{ name: 'main', image }],
      readinessGates: [{ conditionType: GATE }],
      // Stricter than spreading, which forgets pods that are still going.
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            {
              topologyKey: 'kubernetes.io/hostname',
              labelSelector: { matchLabels: labels },
            },
          ],
        },
      },
    },
  };
  const byKind = {
    Deployment: { replicas: pods, strategy: { rollingUpdate: { ...ROLLING, maxSurge: 0 } } },
    StatefulSet: { replicas: pods, serviceName: name, podManagementPolicy: 'Parallel' },
    DaemonSet: { updateStrategy: { rollingUpdate: ROLLING } },
  };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name },
    spec: { selector: { matchLabels: labels }, template, ...byKind[kind] },
  };
}
