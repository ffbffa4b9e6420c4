import type { Pod } from '../../api/core.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { matchesSelector } from '../../api/label-selector.ts';
import { controllerOf, isBeingDeleted, type LabelSelector } from '../../api/meta.ts';
import { ANNOTATION_UPDATES_AT_ONCE } from '../../api/names.ts';
import type { NodeImage } from '../../api/node-image.ts';
import type { Lister } from '../../kube/informer.ts';
import { INDEX_NAMESPACE, INDEX_NODE } from '../informers.ts';
import { podUpdateOrder } from './pod-order.ts';

/** The nodes that a job chooses, and in which order they are served. The one place that decides who is a target (W5). */
export interface Selection {
  /** Whether the job wants its image on the node. */
  selects(nodeName: string): boolean;
  /** Nodes that may be selected. */
  candidates(): Iterable<string>;
  /** `names` in the order in which they get their slots. */
  inOrder(names: Iterable<string>): readonly string[];
}

/** Where selections look. */
export interface SelectionWorld {
  readonly nodeImages: {
    get(name: string): NodeImage | undefined;
    list(): Iterable<NodeImage>;
  };
  readonly pods: Lister<Pod>;
}

const isThere = (nodeImage: NodeImage | undefined): nodeImage is NodeImage =>
  nodeImage !== undefined && !isBeingDeleted(nodeImage);

const sorted = (names: Iterable<string>): readonly string[] => [...names].sort();

/** True while the pod holds its node. */
export function isActivePod(pod: Pod): boolean {
  const { phase } = pod.status ?? {};
  return !isBeingDeleted(pod) && phase !== 'Succeeded' && phase !== 'Failed';
}

/** The selection of `job`. */
export function selectionOf(job: ImagePullJob, world: SelectionWorld): Selection {
  const { selector, podSelector } = job.spec;
  if (podSelector !== undefined) return selectByPods(job, podSelector, world);
  if (selector?.names !== undefined) return selectByName(selector.names);
  return selectByLabels(selector ?? {}, world);
}

/** Names are targets even when their nodes are missing: a job has to say so (W14). */
function selectByName(names: readonly string[]): Selection {
  const positions = new Map(names.map((name, position) => [name, position]));
  const position = (name: string): number => positions.get(name) ?? names.length;
  return {
    selects: name => positions.has(name),
    candidates: () => names,
    inOrder: some => [...some].sort((a, b) => position(a) - position(b)),
  };
}

/** An empty selector selects every node. */
function selectByLabels(selector: LabelSelector, { nodeImages }: SelectionWorld): Selection {
  const selects = (nodeImage: NodeImage | undefined): boolean =>
    isThere(nodeImage) && matchesSelector(selector, nodeImage.metadata.labels);
  return {
    selects: name => selects(nodeImages.get(name)),
    *candidates() {
      for (const nodeImage of nodeImages.list()) {
        if (selects(nodeImage)) yield nodeImage.metadata.name;
      }
    },
    inOrder: sorted,
  };
}

function selectByPods(
  job: ImagePullJob,
  podSelector: LabelSelector,
  { nodeImages, pods }: SelectionWorld,
): Selection {
  const { namespace } = job.metadata;
  const matches = (pod: Pod): boolean =>
    pod.metadata.namespace === namespace &&
    isActivePod(pod) &&
    matchesSelector(podSelector, pod.metadata.labels);
  const podsOn = (name: string): Pod[] => pods.byIndex(INDEX_NODE, name).filter(matches);
  const compare = podUpdateOrder(controllerOf(job)?.kind);
  const pulling = Number(job.metadata.annotations?.[ANNOTATION_UPDATES_AT_ONCE] ?? 0) || 0;
  const firstPodOn = (name: string): Pod | undefined => podsOn(name).sort(compare)[0];
  return {
    selects: name => isThere(nodeImages.get(name)) && podsOn(name).length > 0,
    *candidates() {
      for (const pod of pods.byIndex(INDEX_NAMESPACE, namespace ?? '')) {
        if (pod.spec?.nodeName && matches(pod)) yield pod.spec.nodeName;
      }
    },
    inOrder: names => {
      const first = [...names].map(name => ({ name, pod: firstPodOn(name) }));
      first.sort((a, b) => comparePods(a.pod, b.pod, compare));
      const byPod = first.map(({ name }) => name);
      return [...byPod.slice(pulling), ...byPod.slice(0, pulling)];
    },
  };
}

function comparePods(
  a: Pod | undefined,
  b: Pod | undefined,
  compare: (a: Pod, b: Pod) => number,
): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return compare(a, b);
}
