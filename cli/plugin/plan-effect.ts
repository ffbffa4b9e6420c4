import { imageChanges } from '../../api/image-change.ts';
import type { ImageListPullJob } from '../../api/image-list-pull-job.ts';
import type { ImagePullJob, PullJobTemplate } from '../../api/image-pull-job.ts';
import { inPlacePossible } from '../../api/in-place.ts';
import { labelSelectorToString, matchesSelector } from '../../api/label-selector.ts';
import type { NodeImage } from '../../api/node-image.ts';
import { whyNotPredownload } from '../../api/predownload-preconditions.ts';
import { predownloadSettings } from '../../api/predownload-settings.ts';
import { PODS } from '../../api/resources.ts';
import type { Workload } from '../../api/workload.ts';
import { isLookedAt, type WorkloadKind } from '../../api/workload-kinds.ts';
import { isActivePod } from '../../controllers/image-pull-job/selection.ts';
import { type PlannedObject, plannedPulls } from './plan-report.ts';
import { ifReadable } from './readable.ts';
import type { Session } from './session.ts';
import { warmImages } from './warm-images.ts';
import { podsOfWorkload } from './workload-story.ts';

export type Effect = Pick<PlannedObject, 'pulls' | 'skip'>;

/** What a new job would pull. `nodeImages` is undefined for people who may not read them. */
export async function effectOfJob(
  job: ImagePullJob | ImageListPullJob,
  nodeImages: readonly NodeImage[] | undefined,
  session: Session,
): Promise<Effect> {
  const images = 'image' in job.spec ? [job.spec.image] : job.spec.images;
  const nodes = await targetsOf(job.spec, job.metadata.namespace ?? '', { nodeImages, session });
  return { pulls: plannedPulls(images, job.spec.parallelism, nodes, warmImages(nodeImages ?? [])) };
}

/** What an update of a workload would pull, or why nothing. */
export async function effectOfUpdate(
  kind: WorkloadKind,
  { old, next }: { readonly old: Workload; readonly next: Workload },
  nodeImages: readonly NodeImage[] | undefined,
  session: Session,
): Promise<Effect> {
  const changes = Object.values(imageChanges(old.spec.template, next.spec.template));
  const images = [...new Set(changes.map(({ to }) => to))];
  const settings = predownloadSettings(next);
  if (!isLookedAt(kind, next)) {
    const message = 'it does not ask for it with headstart/predownload: always';
    return { skip: { reason: 'NotLookedAt', message } };
  }
  const skip = whyNotPredownload({
    // Whether the gate is on stands in the manager's flags, which nobody can read from here.
    gateOn: true,
    mode: settings.mode,
    imageChanged: images.length > 0,
    rollout: kind.rolloutOf(next),
    inPlace: inPlacePossible(old.spec.template, next.spec.template),
    updatedReadyPods: 0,
    minUpdatedReadyPods: settings.minUpdatedReadyPods,
  });
  if (skip?.reason === 'ImageUnchanged') {
    return { skip: { reason: skip.reason, message: 'no image changes' } };
  }
  if (skip !== undefined) return { skip: { reason: skip.reason, message: skip.message } };
  const pods = await ifReadable('pods', podsOfWorkload({ kind, workload: old }, session), session);
  const nodes = pods && new Set(pods.filter(isActivePod).flatMap(pod => pod.spec?.nodeName ?? []));
  const known = warmImages(nodeImages ?? []);
  return { pulls: plannedPulls(images, settings.parallelism, nodes?.size, known) };
}

/** How many nodes a job would choose now. */
async function targetsOf(
  { selector, podSelector }: PullJobTemplate,
  namespace: string,
  world: { readonly nodeImages: readonly NodeImage[] | undefined; readonly session: Session },
): Promise<number | undefined> {
  const { nodeImages, session } = world;
  if (podSelector !== undefined) {
    const labelSelector = labelSelectorToString(podSelector);
    const { client, signal } = session;
    const read = client.list(PODS, { namespace, labelSelector, signal });
    const pods = await ifReadable('pods', read, session);
    return (
      pods && new Set(pods.items.filter(isActivePod).flatMap(pod => pod.spec?.nodeName ?? [])).size
    );
  }
  if (selector?.names !== undefined) return selector.names.length;
  return nodeImages?.filter(({ metadata }) => matchesSelector(selector ?? {}, metadata.labels))
    .length;
}
