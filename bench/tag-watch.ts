import { isFinalPhase, type NodeImage } from '../api/node-image.ts';
import type { Change } from '../kube/informer.ts';

/** What somebody sees who watches all NodeImages. */
export interface TagSight {
  /** A job got its first tag. */
  readonly onFirstTag: () => void;
  /** No node has a tag any more. */
  readonly onLastTagGone: () => void;
}

/** Counts, change by change, which nodes hold tags and how many pulls of each job are under way. */
export class TagWatch {
  readonly #sight: TagSight;
  readonly #tagged = new Set<string>();
  /** Owners of unfinished tags, by node. */
  readonly #pulling = new Map<string, readonly string[]>();
  readonly #now = new Map<string, number>();
  readonly #most = new Map<string, number>();

  constructor(sight: TagSight) {
    this.#sight = sight;
  }

  /** The most nodes that had an unfinished tag of one job at one time, by the uid of the job: its pulls, and its slots. */
  get mostAtOnce(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#most);
  }

  see({ type, object }: Change<NodeImage>): void {
    const { name } = object.metadata;
    const there = type !== 'deleted';
    this.#countOwners(name, there ? unfinishedOwners(object) : []);
    this.#countTagged(name, there && hasTags(object));
  }

  #countOwners(name: string, owners: readonly string[]): void {
    for (const uid of this.#pulling.get(name) ?? []) this.#add(uid, -1);
    this.#pulling.set(name, owners);
    for (const uid of owners) this.#add(uid, 1);
  }

  #add(uid: string, by: 1 | -1): void {
    if (!this.#now.has(uid)) this.#sight.onFirstTag();
    const now = (this.#now.get(uid) ?? 0) + by;
    this.#now.set(uid, now);
    this.#most.set(uid, Math.max(now, this.#most.get(uid) ?? 0));
  }

  #countTagged(name: string, tagged: boolean): void {
    const before = this.#tagged.size;
    if (tagged) this.#tagged.add(name);
    else this.#tagged.delete(name);
    const { size } = this.#tagged;
    if (before > 0 && size === 0) this.#sight.onLastTagGone();
  }
}

const hasTags = ({ spec }: NodeImage): boolean =>
  Object.values(spec?.images ?? {}).some(({ tags }) => tags.length > 0);

/** Each owner once for each tag of which the node has not yet reported the end. */
function unfinishedOwners({ spec, status }: NodeImage): readonly string[] {
  return Object.entries(spec?.images ?? {}).flatMap(([image, { tags }]) =>
    tags.flatMap(({ tag, version = 0, ownerReferences = [] }) => {
      const known = status?.imageStatuses?.[image]?.tags.find(found => found.tag === tag);
      const ended = known?.version === version && isFinalPhase(known.phase);
      return ended ? [] : ownerReferences.flatMap(({ uid }) => uid ?? []);
    }),
  );
}
