import type { Pod } from '../../api/core.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { matchesSelector } from '../../api/label-selector.ts';
import { controllerOf, isBeingDeleted, type LabelSelector, objectKey } from '../../api/meta.ts';
import { ANNOTATION_UPDATES_AT_ONCE } from '../../api/names.ts';
import type { NodeImage } from '../../api/node-image.ts';
import { groupKindOf } from '../../api/resource.ts';
import type { Workload } from '../../api/workload.ts';
import type { Lister } from '../../kube/informer.ts';
import { INDEX_NAMESPACE, INDEX_NODE } from '../informers.ts';
import { inUpdateOrder } from './pod-order.ts';

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
  /** By kind and group. */
  readonly workloads: ReadonlyMap<string, Pick<Lister<Workload>, 'get'>>;
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
  world: SelectionWorld,
): Selection {
  const { nodeImages, pods } = world;
  const { namespace } = job.metadata;
  const matches = (pod: Pod): boolean =>
    pod.metadata.namespace === namespace &&
    isActivePod(pod) &&
    matchesSelector(podSelector, pod.metadata.labels);
  const podsOn = (name: string): Pod[] => pods.byIndex(INDEX_NODE, name).filter(matches);
  const pulling = Number(job.metadata.annotations?.[ANNOTATION_UPDATES_AT_ONCE] ?? 0) || 0;
  return {
    selects: name => isThere(nodeImages.get(name)) && podsOn(name).length > 0,
    *candidates() {
      for (const pod of pods.byIndex(INDEX_NAMESPACE, namespace ?? '')) {
        if (pod.spec?.nodeName && matches(pod)) yield pod.spec.nodeName;
      }
    },
    inOrder: names => {
      const all = [...names];
      const ordered = inUpdateOrder(all.flatMap(podsOn), ownerOf(job, world));
      // Of a node's pods the first one counts; nodes without any come last.
      const byPod = [...new Set([...ordered.map(pod => pod.spec?.nodeName ?? ''), ...all])];
      return [...byPod.slice(pulling), ...byPod.slice(0, pulling)];
    },
  };
}

function ownerOf(
  job: ImagePullJob,
  { workloads }: SelectionWorld,
): { readonly kind: string | undefined; readonly workload: Workload | undefined } {
  const owner = controllerOf(job);
  const group = owner?.apiVersion.split('/', 1)[0] ?? '';
  const kind = owner?.kind ?? '';
  const key = objectKey(owner?.name ?? '', job.metadata.namespace);
  return { kind, workload: workloads.get(groupKindOf({ group, kind }))?.get(key) };
}
