import type { Container, Node, NodeCondition, Pod, PodSpec, Volume } from '../api/core.ts';
import type { KubeObject, ObjectMeta } from '../api/meta.ts';
import type { NodeImage } from '../api/node-image.ts';
import type { Workload } from '../api/workload.ts';
import { isLookedAt, type WorkloadKind } from '../api/workload-kinds.ts';
import { SharedValues } from './shared-values.ts';

/** Caches hold thousands of nodes and tens of thousands of pods: these functions keep only what a controller reads. */

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const NODE_CONDITIONS: ReadonlySet<string> = new Set(['Ready', 'DiskPressure']);

/** Keeps identity, labels and owners; drops annotations. */
function trimMetadata(metadata: ObjectMeta): ObjectMeta {
  const { annotations: _annotations, ...kept } = metadata;
  return kept;
}

/** Without the times of heartbeats, which would make every status of a kubelet look like a change. */
function trimConditions(
  conditions: readonly NodeCondition[] | undefined,
  types: ReadonlySet<string>,
): readonly NodeCondition[] {
  return (conditions ?? [])
    .filter(condition => types.has(condition.type))
    .map(({ type, status, lastTransitionTime }) => ({
      type,
      status,
      ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }),
    }));
}

/** Keeps labels, Ready, DiskPressure and the operating system. */
export function trimNode(node: Node): Node {
  const operatingSystem = node.status?.nodeInfo?.operatingSystem;
  return {
    metadata: trimMetadata(node.metadata),
    status: {
      conditions: trimConditions(node.status?.conditions, NODE_CONDITIONS),
      ...(operatingSystem === undefined ? {} : { nodeInfo: { operatingSystem } }),
    },
  };
}

const POD_CONDITIONS: ReadonlySet<string> = new Set(['Ready']);

function trimContainers(containers: readonly Container[] | undefined): readonly Container[] {
  return (containers ?? []).map(({ name, image }) => ({
    name,
    ...(image === undefined ? {} : { image }),
  }));
}

function trimPodSpec(spec: PodSpec | undefined): PodSpec {
  const volumes = (spec?.volumes ?? []).filter((volume: Volume) => volume.image !== undefined);
  return {
    ...(spec?.nodeName === undefined ? {} : { nodeName: spec.nodeName }),
    containers: trimContainers(spec?.containers),
    ...(spec?.initContainers === undefined
      ? {}
      : { initContainers: trimContainers(spec.initContainers) }),
    ...(volumes.length === 0 ? {} : { volumes }),
  };
}

/** Keeps labels, owners, node, images, phase and Ready. */
export function trimPod(pod: Pod): Pod {
  return {
    metadata: trimMetadata(pod.metadata),
    spec: trimPodSpec(pod.spec),
    status: {
      ...(pod.status?.phase === undefined ? {} : { phase: pod.status.phase }),
      conditions: trimConditions(pod.status?.conditions, POD_CONDITIONS),
    },
  };
}

/** {@link trimPod} for tens of thousands of pods: what many have in common is kept once. */
export function podTrimmer(): (pod: Pod) => Pod {
  const shared = new SharedValues();
  return pod => {
    const { metadata, spec, status } = trimPod(pod);
    const { generateName: _, ...kept } = metadata as ObjectMeta & { generateName?: string };
    return {
      metadata: shareValues(kept, shared),
      ...(spec === undefined ? {} : { spec: shareValues(spec, shared) }),
      ...(status === undefined ? {} : { status: shared.of(status) }),
    };
  };
}

/** Not the names, uids and versions: they are each pod's own. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['name', 'uid', 'resourceVersion']);

function shareValues<T extends object>(object: T, shared: SharedValues): T {
  const fields = Object.entries(object).map(([key, value]: [string, unknown]) => [
    key,
    OWN_FIELDS.has(key) || value === undefined ? value : shared.of(value),
  ]);
  return Object.fromEntries(fields) as T;
}

/** Keeps the whole spec, because it is written back by patches that are computed from it. */
export function trimNodeImage(nodeImage: NodeImage): NodeImage {
  return { ...nodeImage, metadata: trimMetadata(nodeImage.metadata) };
}

/** Keeps of a workload that did not ask for anything only that it is there. */
export function trimWorkload(kind: WorkloadKind): (workload: Workload) => Workload {
  return workload => {
    if (isLookedAt(kind, workload)) return trimLastApplied(workload);
    const { name, namespace, uid, resourceVersion } = workload.metadata;
    return {
      metadata: {
        name,
        ...(namespace === undefined ? {} : { namespace }),
        ...(uid === undefined ? {} : { uid }),
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
      },
      spec: {},
    };
  };
}

/** Drops kubectl's copy of the whole object. */
export function trimLastApplied<T extends KubeObject>(object: T): T {
  const annotations = object.metadata.annotations;
  if (annotations?.[LAST_APPLIED] === undefined) return object;
  const { [LAST_APPLIED]: _dropped, ...kept } = annotations;
  return { ...object, metadata: { ...object.metadata, annotations: kept } };
}
