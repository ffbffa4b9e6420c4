import type { Node } from '../../../api/core.ts';
import { ANNOTATION_PARALLELISM, ANNOTATION_PREDOWNLOAD, GROUP } from '../../../api/names.ts';
import { CLONE_SETS, NODE_IMAGES, NODES } from '../../../api/resources.ts';
import type { Workload } from '../../../api/workload.ts';
import { createAdvice } from '../../../controllers/advice/advice.ts';
import { startControllerWorld } from '../../support/controller-world.ts';
import { node } from '../cluster.ts';
import { type CloneSetOptions, cloneSet, seedRunning } from '../predownload/objects.ts';
import { gates } from '../predownload/world.ts';

export interface WorkloadAdviceCase {
  readonly name: string;
  /** Of the CloneSet after the change; five pods run on five nodes. */
  readonly options?: CloneSetOptions;
  readonly images?: readonly string[];
  readonly gateOff?: boolean;
  /** Besides the image. */
  readonly otherTemplate?: boolean;
  readonly nodes?: readonly Node[];
  readonly advice: readonly RegExp[];
}

const rolling = (settings: object): CloneSetOptions => ({
  updateStrategy: { type: 'RollingUpdate', rollingUpdate: settings },
});

/** All that is told, and where nothing is. */
export const WORKLOAD_ADVICE_CASES: readonly WorkloadAdviceCase[] = [
  {
    name: 'how many nodes a change warms, and how many at a time',
    advice: [/^predownloads app:v2 on 5 nodes, 1 at a time$/],
  },
  {
    name: 'a parallelism in percent as a number of nodes',
    options: { annotations: { [ANNOTATION_PARALLELISM]: '50%' } },
    advice: [/^predownloads app:v2 on 5 nodes, 3 at a time$/],
  },
  {
    name: 'no more at a time than there are nodes',
    options: { annotations: { [ANNOTATION_PARALLELISM]: '40' } },
    advice: [/^predownloads app:v2 on 5 nodes, 5 at a time$/],
  },
  {
    name: 'that parallelism 0 pauses',
    options: { annotations: { [ANNOTATION_PARALLELISM]: '0' } },
    advice: [/^predownload of app:v2 on 5 nodes is paused: its parallelism is 0$/],
  },
  {
    name: 'the number of several images',
    images: ['app:v2', 'sidecar:v2'],
    advice: [/^predownloads 2 images on 5 nodes, 1 at a time$/],
  },
  {
    name: 'the end of a long image, where its tag is',
    images: [`registry.example.com/${'deep/'.repeat(20)}app:v2`],
    advice: [/^predownloads ….{37}:v2 on 5 nodes, 1 at a time$/],
  },
  {
    name: 'that 3 replicas are too few',
    options: { replicas: 3 },
    advice: [/^nothing is predownloaded, TooFewReplicas: the workload has 3 replicas/],
  },
  {
    name: 'that pods which are made again are not warmed',
    options: rolling({ podUpdatePolicy: 'ReCreate', maxUnavailable: 1 }),
    advice: [/^nothing is predownloaded, NotInPlace: the update strategy is ReCreate/],
  },
  {
    name: 'that one batch leaves no time',
    options: rolling({ podUpdatePolicy: 'InPlaceIfPossible', maxUnavailable: '100%' }),
    advice: [/^nothing is predownloaded, SingleBatch: all pods are updated in one batch/],
  },
  {
    name: 'that the workload says never',
    options: { annotations: { [ANNOTATION_PREDOWNLOAD]: 'never' } },
    advice: [/^nothing is predownloaded, PredownloadNever: headstart\/predownload is never$/],
  },
  {
    name: 'that the gate is off',
    gateOff: true,
    advice: [/^nothing is predownloaded, GateOff: the feature gate of predownloading is off$/],
  },
  {
    name: 'what it waits for',
    options: rolling({
      podUpdatePolicy: 'InPlaceIfPossible',
      maxUnavailable: 1,
      inPlaceUpdateStrategy: { imagePreDownloadMinUpdatedReadyPods: 2 },
    }),
    advice: [/^predownload waits: 0 updated pods are ready and 2 are required/],
  },
  {
    name: 'that a change of more than images makes the pods again',
    otherTemplate: true,
    advice: [
      /^nothing is predownloaded, InPlaceImpossible: no update in place is possible: .* differs$/,
    ],
  },
  {
    name: 'which nodes cannot pull now, beside the rest',
    nodes: [node('node-1', { diskPressure: true }), node('node-2')],
    advice: [
      /^predownloads app:v2 on 5 nodes, 1 at a time$/,
      /^1 of 2 nodes wait, short of disk: node-1$/,
    ],
  },
  { name: 'nothing when no image is new', images: [], advice: [] },
];

/** What is told of the change of a case. */
export async function adviceOnWorkload({
  options = {},
  images = ['app:v2'],
  gateOff = false,
  otherTemplate = false,
  nodes = [],
}: WorkloadAdviceCase): Promise<string[]> {
  await using world = await startControllerWorld(() => [], {
    workloads: [CLONE_SETS],
    seed: kube => {
      seedRunning(kube);
      for (const each of nodes) {
        kube.seed(NODES, each);
        kube.seed(NODE_IMAGES, { metadata: { name: each.metadata.name }, spec: {} });
      }
    },
  });
  const advice = createAdvice(world.deps.informers, gates(!gateOff));
  const old: Workload = cloneSet();
  const changed = cloneSet({ ...options, image: 'app:v2' });
  if (otherTemplate) Object.assign(changed.spec.template?.spec ?? {}, { hostNetwork: true });
  return advice.workload({
    old,
    new: changed,
    group: GROUP,
    kind: 'CloneSet',
    images: [...images],
  });
}
