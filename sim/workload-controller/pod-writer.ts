import type { PodTemplate } from '../../api/core.ts';
import { inPlacePossible } from '../../api/in-place.ts';
import type { Workload } from '../../api/workload.ts';
import type { WorkloadKind } from '../../api/workload-kinds.ts';
import type { JsonPatchOperation, KubeClient } from '../../kube/kube-client.ts';
import { type Clock, timestamp } from '../../runtime/clock.ts';
import { ownerReference } from './revision.ts';
import type { NewPod } from './scale.ts';
import {
  ANNOTATION_IN_PLACE_STATE,
  type InPlaceState,
  WORKLOAD_PODS,
  type WorkloadPod,
} from './workload-pod.ts';

/** A revision and the template it stands for. */
export interface Revision {
  readonly name: string;
  /** What its pods have as hash label. */
  readonly hash: string;
  readonly template: PodTemplate;
}

interface PodWriterDeps {
  readonly client: KubeClient;
  readonly clock: Clock;
}

/** Makes, changes and removes the pods of workloads. */
export class PodWriter {
  readonly #deps: PodWriterDeps;

  constructor(deps: PodWriterDeps) {
    this.#deps = deps;
  }

  /** Creates a pod of `revision`. */
  async create(
    workload: Workload,
    kind: WorkloadKind,
    pod: NewPod & { readonly revision: Revision },
    signal: AbortSignal,
  ): Promise<void> {
    const { name, nodeName, revision } = pod;
    const { metadata, spec } = revision.template;
    const { namespace } = workload.metadata;
    await this.#deps.client.create(
      WORKLOAD_PODS,
      {
        metadata: {
          name,
          ...(namespace === undefined ? {} : { namespace }),
          labels: { ...metadata?.labels, [kind.hashLabel]: revision.hash },
          ...(metadata?.annotations === undefined ? {} : { annotations: metadata.annotations }),
          ownerReferences: [ownerReference(workload, kind)],
        },
        spec: { ...spec, ...(nodeName === undefined ? {} : { nodeName }) },
      },
      { signal },
    );
  }

  async remove(pod: WorkloadPod, signal: AbortSignal): Promise<void> {
    await this.#deps.client.delete(WORKLOAD_PODS, pod.metadata, { signal });
  }

  /** Gives `pod` the images of `revision`, in place when only images differ and the policy allows it; else the pod goes and is made again. */
  async update(
    pod: WorkloadPod,
    change: { from: Revision | undefined; to: Revision; inPlace: boolean; hashLabel: string },
    signal: AbortSignal,
  ): Promise<void> {
    const { from, to, inPlace, hashLabel } = change;
    const possible = from !== undefined && inPlacePossible(from.template, to.template).possible;
    if (!inPlace || !possible) return this.remove(pod, signal);
    const operations = this.#imageOperations(pod, to, hashLabel);
    await this.#deps.client.patch(
      WORKLOAD_PODS,
      pod.metadata,
      { type: 'json', operations },
      { signal },
    );
  }

  #imageOperations(pod: WorkloadPod, to: Revision, hashLabel: string): JsonPatchOperation[] {
    const images = new Map(to.template.spec?.containers?.map(({ name, image }) => [name, image]));
    const containers = pod.spec?.containers ?? [];
    const changed = containers.filter(
      ({ name, image }) => images.has(name) && images.get(name) !== image,
    );
    const imageIdOf = (name: string): string =>
      pod.status?.containerStatuses?.find(status => status.name === name)?.imageID ?? '';
    const state: InPlaceState = {
      revision: to.name,
      updateTimestamp: timestamp(this.#deps.clock),
      lastContainerStatuses: Object.fromEntries(
        changed.map(({ name }) => [name, { imageID: imageIdOf(name) }]),
      ),
    };
    return [
      { op: 'replace', path: '/metadata/resourceVersion', value: pod.metadata.resourceVersion },
      {
        op: 'add',
        path: '/metadata/labels',
        value: { ...pod.metadata.labels, [hashLabel]: to.hash },
      },
      {
        op: 'add',
        path: '/metadata/annotations',
        value: { ...pod.metadata.annotations, [ANNOTATION_IN_PLACE_STATE]: JSON.stringify(state) },
      },
      ...changed.map(container => ({
        op: 'replace' as const,
        path: `/spec/containers/${containers.indexOf(container)}/image`,
        value: images.get(container.name),
      })),
    ];
  }
}
