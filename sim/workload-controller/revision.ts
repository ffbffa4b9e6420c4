import type { ControllerRevision, PodTemplate } from '../../api/core.ts';
import { hashOf } from '../../api/short-name.ts';
import type { Workload } from '../../api/workload.ts';
import type { WorkloadKind } from '../../api/workload-kinds.ts';

/** On ControllerRevisions: the hash part of their name. */
const LABEL_REVISION_HASH = 'controller.kubernetes.io/hash';

/** Name of the revision that `template` makes of a workload: the same template has the same name. */
export function revisionName(workload: Workload): string {
  return `${workload.metadata.name}-${revisionHash(workload)}`;
}

/** The ControllerRevision of the workload's present template. */
export function controllerRevision(workload: Workload, kind: WorkloadKind): ControllerRevision {
  const { namespace, generation } = workload.metadata;
  return {
    metadata: {
      name: revisionName(workload),
      ...(namespace === undefined ? {} : { namespace }),
      labels: {
        ...workload.spec.template?.metadata?.labels,
        [LABEL_REVISION_HASH]: revisionHash(workload),
      },
      ownerReferences: [ownerReference(workload, kind)],
    },
    revision: generation ?? 1,
    data: { spec: { template: { ...workload.spec.template, $patch: 'replace' } } },
  };
}

/** The pod template inside a ControllerRevision. */
export function templateOf(revision: ControllerRevision): PodTemplate {
  const data = revision.data as {
    readonly spec: { readonly template: PodTemplate & { $patch?: string } };
  };
  const { $patch: _patch, ...template } = data.spec.template;
  return template;
}

/** Marks what a workload controls. */
export function ownerReference(workload: Workload, kind: WorkloadKind) {
  return {
    apiVersion: `${kind.resource.group}/${kind.resource.version}`,
    kind: kind.kind,
    name: workload.metadata.name,
    uid: workload.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

function revisionHash(workload: Workload): string {
  return hashOf(JSON.stringify(workload.spec.template ?? {})).slice(0, 10);
}
