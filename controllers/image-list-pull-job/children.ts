import { isDeepStrictEqual } from 'node:util';
import { defaultImagePullJob } from '../../api/default-image-pull-job.ts';
import type { ImageListPullJob } from '../../api/image-list-pull-job.ts';
import type { ImagePullJob, ImagePullJobSpec, PullJobTemplate } from '../../api/image-pull-job.ts';
import { isBeingDeleted } from '../../api/meta.ts';
import { GROUP, LABEL_LIST_JOB, LABEL_TEMPLATE_HASH, STORAGE_VERSION } from '../../api/names.ts';
import { hashOf, shortLabelValue, shortName } from '../../api/short-name.ts';

/** What a list job has and what must be written. */
export interface ChildPlan {
  /** The child of each image of the list that has one. */
  readonly current: ReadonlyMap<string, ImagePullJob>;
  readonly create: readonly ImagePullJob[];
  /** Children of images that left the list, and of an older template. */
  readonly remove: readonly ImagePullJob[];
  /** Children that would go before the list has counted them: the peer gives them a TTL (W16). */
  readonly unlimit: readonly ImagePullJob[];
}

/** Compares the images of a list with the jobs it controls. */
export function planChildren(list: ImageListPullJob, owned: readonly ImagePullJob[]): ChildPlan {
  const current = new Map<string, ImagePullJob>();
  for (const child of owned) {
    if (!isBeingDeleted(child) && isCurrent(list, child)) current.set(child.spec.image, child);
  }
  const kept = new Set(current.values());
  return {
    current,
    create: list.spec.images
      .filter(image => !current.has(image))
      .map(image => childOf(list, image)),
    remove: owned.filter(child => !kept.has(child) && !isBeingDeleted(child)),
    unlimit: [...kept].filter(
      ({ spec }) => spec.completionPolicy.ttlSecondsAfterFinished !== undefined,
    ),
  };
}

/** True for the job that `list`, as it is now, would make of one of its images. The peer hashes templates differently: equal ones count too. */
function isCurrent(list: ImageListPullJob, child: ImagePullJob): boolean {
  if (!list.spec.images.includes(child.spec.image)) return false;
  if (child.metadata.labels?.[LABEL_TEMPLATE_HASH] === templateHash(list)) return true;
  return isDeepStrictEqual(
    withDefaultsAndNoTtl(child.spec),
    withDefaultsAndNoTtl({ ...templateOf(list), image: child.spec.image }),
  );
}

/** What two specs have in common when they ask for the same pulls. */
function withDefaultsAndNoTtl(spec: ImagePullJobSpec): unknown {
  const { ttlSecondsAfterFinished: _ttl, ...completionPolicy } = spec.completionPolicy;
  return defaultImagePullJob({ spec: { ...spec, completionPolicy } });
}

/** The job for one image. It has no TTL of its own: it lives as long as the list, which counts it (W16). */
function childOf(list: ImageListPullJob, image: string): ImagePullJob {
  const { name, namespace, uid } = list.metadata;
  const hash = templateHash(list);
  const { ttlSecondsAfterFinished: _ttl, ...completionPolicy } = list.spec.completionPolicy;
  const label = shortLabelValue(name);
  return {
    apiVersion: `${GROUP}/${STORAGE_VERSION}`,
    kind: 'ImagePullJob',
    metadata: {
      name: shortName(`${name}-${hashOf(uid ?? '', image, hash)}`),
      ...(namespace === undefined ? {} : { namespace }),
      labels: { [LABEL_LIST_JOB]: label, [LABEL_TEMPLATE_HASH]: hash },
      ...(label === name ? {} : { annotations: { [LABEL_LIST_JOB]: name } }),
      ownerReferences: [
        {
          apiVersion: `${GROUP}/${STORAGE_VERSION}`,
          kind: 'ImageListPullJob',
          name,
          uid: uid ?? '',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: { ...templateOf(list), completionPolicy, image },
  };
}

/** Everything of the spec but the images. */
function templateOf(list: ImageListPullJob): PullJobTemplate {
  const { images: _images, ...template } = list.spec;
  return template;
}

function templateHash(list: ImageListPullJob): string {
  return hashOf(canonicalJson(templateOf(list)));
}

/** JSON with sorted keys: the order in which a client wrote them is no difference. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
