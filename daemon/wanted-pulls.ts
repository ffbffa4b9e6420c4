import { pullReference } from '../api/image-reference.ts';
import type {
  ImageSpec,
  ImageTagSpec,
  ImageTagStatus,
  NodeImage,
  PullSecretReference,
} from '../api/node-image.ts';
import type { ReadTagSpec } from './read-node-image.ts';

/** Identifies a tag of a NodeImage. */
export type PullKey = string;

/** A tag that has to be pulled: its version has no result yet. */
export interface WantedPull {
  readonly key: PullKey;
  /** Name in `spec.images`, without tag. */
  readonly name: string;
  readonly tag: string;
  readonly version: number;
  readonly spec: ReadTagSpec;
  readonly pullSecrets: readonly PullSecretReference[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What to do so that exactly the wanted pulls run. */
export interface PullPlan {
  /** Oldest entry first. */
  readonly start: readonly WantedPull[];
  readonly stop: readonly PullKey[];
}

/** The key of a tag; no two tags share one, whatever stands in their names. */
export function pullKey(name: string, tag: string): PullKey {
  return `${name.replaceAll('%', '%25').replaceAll(' ', '%20')} ${tag}`;
}

/** Versions start at 0 and are left out then. */
export function versionOf(entry: { readonly version?: number }): number {
  return entry.version ?? 0;
}

/**
 * The result of the current version of a tag, if the NodeImage holds one, whoever wrote it. Results outlive the daemon there, so what
 * is finished is never pulled again.
 */
export function resultOf(
  nodeImage: NodeImage,
  name: string,
  spec: ImageTagSpec,
): ImageTagStatus | undefined {
  const statuses = nodeImage.status?.imageStatuses?.[name]?.tags ?? [];
  return statuses.find(
    status =>
      status.tag === spec.tag &&
      versionOf(status) === versionOf(spec) &&
      status.completionTime !== undefined,
  );
}

/** The tags of an image, each once: of entries that say the same tag the last one counts. */
export function tagsOf(image: ImageSpec): readonly ReadTagSpec[] {
  return [...new Map(image.tags.map(spec => [spec.tag, spec])).values()];
}

/** Compares what a NodeImage wants with the pulls that run (key → version). A pull is known by its key and version; no other change restarts it. */
export function planPulls(nodeImage: NodeImage, running: ReadonlyMap<PullKey, number>): PullPlan {
  const wanted = new Map(unfinishedPulls(nodeImage).map(pull => [pull.key, pull]));
  const start = [...wanted.values()].filter(pull => running.get(pull.key) !== pull.version);
  const stop = [...running].filter(([key, version]) => wanted.get(key)?.version !== version);
  return { start: start.sort(byAge), stop: stop.map(([key]) => key) };
}

/** References whose pull has not succeeded: what was downloaded of them may still be of use. */
export function unfinishedImages(nodeImage: NodeImage | undefined): ReadonlySet<string> {
  const images = new Set<string>();
  for (const [name, image] of Object.entries(nodeImage?.spec.images ?? {})) {
    for (const spec of tagsOf(image)) {
      const result = nodeImage && resultOf(nodeImage, name, spec);
      if (result?.phase !== 'Succeeded') images.add(pullReference(name, spec.tag));
    }
  }
  return images;
}

function unfinishedPulls(nodeImage: NodeImage): WantedPull[] {
  return Object.entries(nodeImage.spec.images ?? {}).flatMap(([name, image]) =>
    tagsOf(image)
      .filter(spec => resultOf(nodeImage, name, spec) === undefined)
      .map(spec => wantedPull(name, image, spec)),
  );
}

function wantedPull(name: string, image: ImageSpec, spec: ReadTagSpec): WantedPull {
  return {
    key: pullKey(name, spec.tag),
    name,
    tag: spec.tag,
    version: versionOf(spec),
    spec,
    pullSecrets: image.pullSecrets ?? [],
    labels: image.sandboxConfig?.labels ?? {},
    annotations: image.sandboxConfig?.annotations ?? {},
  };
}

/** RFC 3339 in UTC sorts as text. */
function byAge(a: WantedPull, b: WantedPull): number {
  const [ageA, ageB] = [a.spec.createdAt ?? '', b.spec.createdAt ?? ''];
  return ageA < ageB ? -1 : ageA > ageB ? 1 : 0;
}
