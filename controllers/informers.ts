import type { ConfigMap, Node, Pod } from '../api/core.ts';
import type { ImageListPullJob } from '../api/image-list-pull-job.ts';
import type { ImagePullJob } from '../api/image-pull-job.ts';
import { controllerOf, type KubeObject } from '../api/meta.ts';
import { REGISTRY_BUDGET_CONFIG_MAP } from '../api/names.ts';
import type { NodeImage } from '../api/node-image.ts';
import { groupKindOf, type Resource } from '../api/resource.ts';
import {
  CONFIG_MAPS,
  IMAGE_LIST_PULL_JOBS,
  IMAGE_PULL_JOBS,
  NODE_IMAGES,
  NODES,
  PODS,
} from '../api/resources.ts';
import type { Workload } from '../api/workload.ts';
import { workloadKind } from '../api/workload-kinds.ts';
import type { Informer, InformerOptions } from '../kube/informer.ts';
import { isOpen } from './job-life.ts';
import { podTrimmer, trimLastApplied, trimNode, trimNodeImage, trimWorkload } from './trim.ts';

/** Pods and jobs by namespace. */
export const INDEX_NAMESPACE = 'namespace';
/** Pods by the node they run on. */
export const INDEX_NODE = 'node';
/** Pods and jobs by the uid of their controller; NodeImages by the uids of the jobs that own a tag. */
export const INDEX_OWNER_UID = 'ownerUid';
/** Jobs by their own uid. */
export const INDEX_UID = 'uid';
/** Jobs that a new node or pod may concern, by {@link OPEN_FOR_NODES} or {@link openForPodsOf}. */
export const INDEX_OPEN = 'open';
/** Open jobs that choose nodes. */
export const OPEN_FOR_NODES = 'nodes';
/** Open jobs that choose nodes by the pods of `namespace`. */
export const openForPodsOf = (namespace: string): string => `pods/${namespace}`;

/** The caches that all controllers and the advice share. */
export interface Informers {
  readonly nodes: Informer<Node>;
  /** Indexed by {@link INDEX_OWNER_UID}. */
  readonly nodeImages: Informer<NodeImage>;
  /** Indexed by {@link INDEX_NAMESPACE}, {@link INDEX_OWNER_UID}, {@link INDEX_UID}, {@link INDEX_OPEN}. */
  readonly imagePullJobs: Informer<ImagePullJob>;
  readonly imageListPullJobs: Informer<ImageListPullJob>;
  /** Indexed by {@link INDEX_NAMESPACE}, {@link INDEX_NODE}, {@link INDEX_OWNER_UID}. */
  readonly pods: Informer<Pod>;
  /** By kind and group, as `CloneSet.apps.kruise.io`. Only the kinds the cluster serves. */
  readonly workloads: ReadonlyMap<string, Informer<Workload>>;
  /** The one ConfigMap of registry ceilings. */
  readonly registryBudget?: Informer<ConfigMap>;
  readonly hasSynced: boolean;
  /** Keeps all caches until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves when every cache holds its first list. */
  synced(signal?: AbortSignal): Promise<void>;
}

export interface InformersOptions {
  /** The workload kinds the cluster serves, in the version to read. */
  readonly workloads: readonly Resource<Workload>[];
  /** The manager's, where the ConfigMap of registry ceilings is; absent: it is not read. */
  readonly namespace?: string;
}

export interface InformersDeps {
  /** Makes an informer that lists and watches with the manager's client. */
  readonly createInformer: <T extends KubeObject>(options: InformerOptions<T>) => Informer<T>;
}

const byNamespace = ({ metadata }: KubeObject): readonly string[] =>
  metadata.namespace === undefined ? [] : [metadata.namespace];

const byUid = ({ metadata }: KubeObject): readonly string[] =>
  metadata.uid === undefined ? [] : [metadata.uid];

function byControllerUid(object: KubeObject): readonly string[] {
  const owner = controllerOf(object);
  return owner === undefined ? [] : [owner.uid];
}

function byOpen(job: ImagePullJob): readonly string[] {
  if (!isOpen(job)) return [];
  if (job.spec.podSelector === undefined) return [OPEN_FOR_NODES];
  return [openForPodsOf(job.metadata.namespace ?? '')];
}

const byNode = (pod: Pod): readonly string[] =>
  pod.spec?.nodeName === undefined || pod.spec.nodeName === '' ? [] : [pod.spec.nodeName];

/** The uids of all owners of all tags, each once. */
export function tagOwnerUids(nodeImage: NodeImage): readonly string[] {
  const uids = new Set<string>();
  for (const image of Object.values(nodeImage.spec?.images ?? {})) {
    for (const tag of image.tags) {
      for (const owner of tag.ownerReferences ?? []) if (owner.uid) uids.add(owner.uid);
    }
  }
  return [...uids];
}

/**
 * Of kinds with thousands of objects, most of which is trimmed away: they come in pages. An answer from the API server's cache is one
 * piece, all of which would be in memory at once.
 */
const MANY = { consistent: true } as const;

/** Declares the caches of the manager; nothing runs before `run`. */
export function createInformers(options: InformersOptions, deps: InformersDeps): Informers {
  const nodes = deps.createInformer<Node>({ resource: NODES, trim: trimNode, ...MANY });
  const nodeImages = deps.createInformer<NodeImage>({
    resource: NODE_IMAGES,
    trim: trimNodeImage,
    ...MANY,
    indexes: { [INDEX_OWNER_UID]: tagOwnerUids },
  });
  const imagePullJobs = imagePullJobInformer(deps);
  const imageListPullJobs = deps.createInformer<ImageListPullJob>({
    resource: IMAGE_LIST_PULL_JOBS,
    trim: trimLastApplied,
  });
  const pods = podInformer(deps);
  const workloads = new Map<string, Informer<Workload>>();
  for (const resource of options.workloads) {
    const kind = workloadKind(resource);
    const informer = deps.createInformer<Workload>({
      resource,
      trim: kind === undefined ? trimLastApplied : trimWorkload(kind),
      ...(kind?.optIn === true ? MANY : {}),
    });
    workloads.set(groupKindOf(resource), informer);
  }
  const registryBudget = registryBudgetInformer(options, deps);
  const all = [
    nodes,
    nodeImages,
    imagePullJobs,
    imageListPullJobs,
    pods,
    ...workloads.values(),
    ...Object.values(registryBudget),
  ];
  return {
    ...registryBudget,
    nodes,
    nodeImages,
    imagePullJobs,
    imageListPullJobs,
    pods,
    workloads,
    get hasSynced() {
      return all.every(informer => informer.hasSynced);
    },
    run: async signal => {
      await Promise.all(all.map(informer => informer.run(signal)));
    },
    synced: async signal => {
      await Promise.all(all.map(informer => informer.synced(signal)));
    },
  };
}

/** RBAC gives list and watch for that name alone, so the name has to be asked for. */
function registryBudgetInformer(
  { namespace }: InformersOptions,
  deps: InformersDeps,
): Pick<Informers, 'registryBudget'> {
  if (namespace === undefined) return {};
  const fieldSelector = `metadata.name=${REGISTRY_BUDGET_CONFIG_MAP}`;
  // A ceiling that was lowered a moment ago holds for a new leader, too.
  const selection = { namespace, fieldSelector, consistent: true };
  return { registryBudget: deps.createInformer({ resource: CONFIG_MAPS, ...selection }) };
}

function podInformer(deps: InformersDeps): Informer<Pod> {
  return deps.createInformer<Pod>({
    resource: PODS,
    trim: podTrimmer(),
    ...MANY,
    indexes: {
      [INDEX_NAMESPACE]: byNamespace,
      [INDEX_NODE]: byNode,
      [INDEX_OWNER_UID]: byControllerUid,
    },
  });
}

function imagePullJobInformer(deps: InformersDeps): Informer<ImagePullJob> {
  return deps.createInformer<ImagePullJob>({
    resource: IMAGE_PULL_JOBS,
    trim: trimLastApplied,
    indexes: {
      [INDEX_NAMESPACE]: byNamespace,
      [INDEX_OWNER_UID]: byControllerUid,
      [INDEX_UID]: byUid,
      [INDEX_OPEN]: byOpen,
    },
  });
}
