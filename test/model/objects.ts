import type { Node, NodeCondition, Pod, Secret } from '../../api/core.ts';
import type { ImagePullJobSpec, PullJobTemplate } from '../../api/image-pull-job.ts';
import { type ImageSpec, MAX_IMAGES_PER_NODE, type NodeImage } from '../../api/node-image.ts';
import { nameAndTag } from './standing.ts';
import type { SpecDraft } from './steps.ts';

/** The objects that a person writes in the model. */

const PULL_POLICY = { timeoutSeconds: 10, backoffLimit: 0 };

function chosenNodes({ chooses }: SpecDraft): Pick<PullJobTemplate, 'selector' | 'podSelector'> {
  switch (chooses.by) {
    case 'all':
      return {};
    case 'names':
      return { selector: { names: chooses.names } };
    case 'zone':
      return { selector: { matchLabels: { zone: chooses.zone } } };
    case 'pods':
      return { podSelector: { matchLabels: { app: chooses.app } } };
  }
}

/** All of a job's spec but its image and its secrets. */
export function templateOf(draft: SpecDraft): PullJobTemplate {
  const { completion: type, deadlineSeconds, ttlSeconds, parallelism, always } = draft;
  const ends = type === 'Always';
  return {
    ...chosenNodes(draft),
    parallelism,
    pullPolicy: PULL_POLICY,
    imagePullPolicy: always ? 'Always' : 'IfNotPresent',
    completionPolicy: {
      type,
      ...(ends && deadlineSeconds !== undefined ? { activeDeadlineSeconds: deadlineSeconds } : {}),
      ...(ends && ttlSeconds !== undefined ? { ttlSecondsAfterFinished: ttlSeconds } : {}),
    },
  };
}

/** The spec of a job. */
export function jobSpec(
  draft: SpecDraft,
  image: string,
  secrets: readonly string[],
): ImagePullJobSpec {
  return { image, ...templateOf(draft), ...(secrets.length === 0 ? {} : { pullSecrets: secrets }) };
}

/** A condition of a Node. */
export function condition(type: string, status: boolean, now: string): NodeCondition {
  return { type, status: status ? 'True' : 'False', lastTransitionTime: now };
}

/** A Ready node. */
export function readyNode(name: string, now: string): Node {
  return {
    metadata: { name, labels: { zone: Number(name.slice(1)) % 2 === 0 ? 'a' : 'b' } },
    status: {
      nodeInfo: { operatingSystem: 'linux' },
      conditions: [condition('Ready', true, now), condition('DiskPressure', false, now)],
    },
  };
}

/** A running pod. */
export function runningPod(name: string, app: string, nodeName: string): Pod {
  return {
    metadata: { name, namespace: 'default', labels: { app } },
    spec: { nodeName, containers: [{ name: 'main', image: 'app:v1' }] },
    status: { phase: 'Running', conditions: [] },
  };
}

/** A pull secret. */
export function pullSecret(name: string, value: number): Secret {
  return {
    metadata: { name, namespace: 'default', labels: { team: 'a' } },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from(`password ${value}`).toString('base64') },
  };
}

/** The images of a NodeImage with an entry that nobody owns, and a secret and fields of strangers; undefined when the entry is there. */
export function withHandWritten(
  { spec }: NodeImage,
  image: string,
): Readonly<Record<string, ImageSpec>> | undefined {
  const { name, tag } = nameAndTag(image);
  const before = spec?.images?.[name];
  if (before?.tags.some(entry => entry.tag === tag) === true) return undefined;
  if (before === undefined && isFull(spec?.images)) return undefined;
  const entry = { tag, version: 0, 'x-note': 'by hand' };
  const tags = [...(before?.tags ?? []), entry].sort((a, b) => (a.tag < b.tag ? -1 : 1));
  const stranger = { namespace: 'strange', name: 'mine' };
  const others = (before?.pullSecrets ?? []).filter(secret => secret.namespace !== 'strange');
  const written = { ...before, 'x-image': 'by hand', pullSecrets: [...others, stranger], tags };
  return { ...spec?.images, [name]: written };
}

/** The images of a NodeImage with a raised version of an entry; undefined when there is none. */
export function withBump(
  { spec }: NodeImage,
  image: string,
): Readonly<Record<string, ImageSpec>> | undefined {
  const { name, tag } = nameAndTag(image);
  const before = spec?.images?.[name];
  if (before?.tags.some(entry => entry.tag === tag) !== true) return undefined;
  const tags = before.tags.map(entry =>
    entry.tag === tag ? { ...entry, version: (entry.version ?? 0) + 1 } : entry,
  );
  return { ...spec?.images, [name]: { ...before, tags } };
}

type Images = Readonly<Record<string, ImageSpec>>;

/** Whether a NodeImage has no room for another image. */
export const isFull = (images: Images = {}): boolean =>
  Object.keys(images).length >= MAX_IMAGES_PER_NODE;

const FILLER = 'filler-';

/** Whether an image is one of {@link withFillers}. */
export const isFiller = (name: string): boolean => name.startsWith(FILLER);

/** The images of a NodeImage with so many of others that there is `room` for no more than that. */
export function withFillers({ spec }: NodeImage, room: number, createdAt: string): Images {
  const images: Record<string, ImageSpec> = { ...spec?.images };
  const missing = MAX_IMAGES_PER_NODE - room - Object.keys(images).length;
  const free = Array.from(
    { length: MAX_IMAGES_PER_NODE },
    (_, index) => `${FILLER}${index}`,
  ).filter(name => !(name in images));
  for (const name of free.slice(0, Math.max(0, missing))) {
    images[name] = { tags: [{ tag: '1', version: 0, createdAt }] };
  }
  return images;
}

/** The images of a NodeImage without those of {@link withFillers}. */
export function withoutFillers({ spec }: NodeImage): Images {
  return Object.fromEntries(Object.entries(spec?.images ?? {}).filter(([name]) => !isFiller(name)));
}
