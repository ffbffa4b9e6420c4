import { PREDOWNLOAD_BACKOFF_LIMIT } from '../../api/defaults.ts';
import type { ImagePullJob, SandboxConfig } from '../../api/image-pull-job.ts';
import type { LabelSelector } from '../../api/meta.ts';
import {
  ANNOTATION_UPDATES_AT_ONCE,
  GROUP,
  LABEL_REVISION,
  LABEL_WORKLOAD,
  LABEL_WORKLOAD_KIND,
  STORAGE_VERSION,
} from '../../api/names.ts';
import type { PredownloadSettings } from '../../api/predownload-settings.ts';
import type { Rollout } from '../../api/rollout.ts';
import { hashOf, shortLabelValue, shortName } from '../../api/short-name.ts';
import type { UpdateRevision } from '../../api/update-revision.ts';
import type { Workload } from '../../api/workload.ts';
import type { WorkloadKind } from '../../api/workload-kinds.ts';

/** Everything the generated jobs of one workload depend on. */
export interface DesiredJobs {
  readonly workload: Workload;
  readonly kind: WorkloadKind;
  /** Undefined until it has a name. */
  readonly revision: UpdateRevision | undefined;
  /** New images, distinct, as the template writes them. */
  readonly images: readonly string[];
  readonly settings: PredownloadSettings;
  readonly pullSecrets: readonly string[];
}

/** The name of the job that warms `image` for `workload`: the same for everybody who asks, at most 63 characters (W10). */
export function jobNameFor(workload: Workload, image: string): string {
  return shortName(`${workload.metadata.name}-${hashOf(workload.metadata.uid ?? '', image)}`);
}

/** One ImagePullJob for each image, targeting the nodes of pods that are not on the new revision yet. */
export function desiredJobs(input: DesiredJobs): ImagePullJob[] {
  return input.images.map(image => desiredJob(input, image));
}

function desiredJob(input: DesiredJobs, image: string): ImagePullJob {
  const { workload, kind, settings, pullSecrets } = input;
  const template = workload.spec.template;
  const sandboxConfig = sandboxConfigOf(template?.metadata ?? {});
  return {
    apiVersion: `${GROUP}/${STORAGE_VERSION}`,
    kind: 'ImagePullJob',
    metadata: {
      name: jobNameFor(workload, image),
      ...(workload.metadata.namespace === undefined
        ? {}
        : { namespace: workload.metadata.namespace }),
      ...identity(input),
      ownerReferences: [
        {
          apiVersion: workload.apiVersion ?? `${kind.resource.group}/${kind.resource.version}`,
          kind: kind.kind,
          name: workload.metadata.name,
          uid: workload.metadata.uid ?? '',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      image,
      podSelector: oldPodsSelector(input),
      parallelism: settings.parallelism,
      pullPolicy: {
        backoffLimit: PREDOWNLOAD_BACKOFF_LIMIT,
        timeoutSeconds: settings.timeoutSeconds,
      },
      completionPolicy: { type: 'Always' },
      imagePullPolicy: 'IfNotPresent',
      ...(pullSecrets.length === 0 ? {} : { pullSecrets }),
      ...(sandboxConfig === undefined ? {} : { sandboxConfig }),
    },
  };
}

/** Labels that say where a job comes from; values too long for a label are shortened and stand in full in an annotation of the same key. */
function identity({
  workload,
  kind,
  revision,
}: DesiredJobs): Pick<ImagePullJob['metadata'], 'labels' | 'annotations'> {
  const values = Object.entries({
    [LABEL_WORKLOAD_KIND]: kind.kind,
    [LABEL_WORKLOAD]: workload.metadata.name,
    ...(revision === undefined ? {} : { [LABEL_REVISION]: revision.name }),
  });
  const long = values.filter(([, value]) => shortLabelValue(value) !== value);
  const annotations = {
    ...Object.fromEntries(long),
    ...(revision === undefined
      ? { [ANNOTATION_UPDATES_AT_ONCE]: String(updatesAtOnce(kind.rolloutOf(workload))) }
      : {}),
  };
  const short = values.map(([key, value]) => [key, shortLabelValue(value)] as const);
  return {
    labels: { ...workload.spec.template?.metadata?.labels, ...Object.fromEntries(short) },
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
}

/** Pods that the workload's controller will update in its first step: none while the rollout is held. */
function updatesAtOnce(rollout: Rollout): number {
  if (rollout.paused || rollout.onDelete) return 0;
  return Math.min(Math.max(1, rollout.maxUnavailable), rollout.replicas - rollout.partition);
}

/** The workload's pods that are not on the new revision; all of its pods until that has a name. */
function oldPodsSelector({ workload, kind, revision }: DesiredJobs): LabelSelector {
  const selector = workload.spec.selector ?? {};
  if (revision === undefined) return selector;
  return {
    ...selector,
    matchExpressions: [
      ...(selector.matchExpressions ?? []),
      { key: kind.hashLabel, operator: 'NotIn', values: revision.hashes },
    ],
  };
}

function sandboxConfigOf(metadata: SandboxConfig): SandboxConfig | undefined {
  const { labels, annotations } = metadata;
  if (labels === undefined && annotations === undefined) return undefined;
  return {
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}
