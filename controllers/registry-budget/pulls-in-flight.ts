import { type NodeImageEntryKey, registryOf } from '../../api/image-reference.ts';
import {
  type ImageTagSpec,
  type ImageTagStatus,
  isFinalPhase,
  type NodeImage,
} from '../../api/node-image.ts';

/** One image on one node, however many jobs wait for it. */
export type PullKey = string;

/** Names the pull of an image on a node. */
export function pullKey(node: string, { name, tag }: NodeImageEntryKey): PullKey {
  return `${node} ${name} ${tag}`;
}

interface Pull {
  /** The NodeImage shows it. */
  shown: boolean;
  /** Writes under way that may start it. */
  reservations: number;
}

/**
 * Pulls that jobs have started and that have not ended, by registry host. They follow from the NodeImages, so a new leader counts the same
 * ones; a write under way counts from before it is made.
 */
export class PullsInFlight {
  /** Hosts without a pull have no entry. */
  readonly #byHost = new Map<string, Map<PullKey, Pull>>();
  /** What each NodeImage shows: pull → host. */
  readonly #byNode = new Map<string, ReadonlyMap<PullKey, string>>();

  /** Hosts that somebody pulls from. */
  hosts(): readonly string[] {
    return [...this.#byHost.keys()];
  }

  /** How many pull from `host`. */
  count(host: string): number {
    return this.#byHost.get(host)?.size ?? 0;
  }

  has(host: string, key: PullKey): boolean {
    return this.#byHost.get(host)?.has(key) ?? false;
  }

  /** Counts a pull that is about to be written. */
  reserve(host: string, key: PullKey): void {
    this.#pull(host, key).reservations++;
  }

  /** Ends a reservation; the pull goes on counting if its NodeImage shows it. */
  release(host: string, key: PullKey): void {
    this.#pull(host, key).reservations--;
    this.#drop(host, key);
  }

  /** Takes in a NodeImage, undefined when it is gone. Returns the hosts whose pulls began or ended. */
  update(node: string, nodeImage: NodeImage | undefined): ReadonlySet<string> {
    const before = this.#byNode.get(node) ?? new Map<PullKey, string>();
    const after = unfinishedPulls(node, nodeImage);
    const changed = new Set<string>();
    for (const [key, host] of after) {
      if (before.has(key)) continue;
      this.#pull(host, key).shown = true;
      changed.add(host);
    }
    for (const [key, host] of before) {
      if (after.has(key)) continue;
      this.#pull(host, key).shown = false;
      this.#drop(host, key);
      changed.add(host);
    }
    if (after.size > 0) this.#byNode.set(node, after);
    else this.#byNode.delete(node);
    return changed;
  }

  #pull(host: string, key: PullKey): Pull {
    let pulls = this.#byHost.get(host);
    if (pulls === undefined) this.#byHost.set(host, (pulls = new Map()));
    let pull = pulls.get(key);
    if (pull === undefined) pulls.set(key, (pull = { shown: false, reservations: 0 }));
    return pull;
  }

  #drop(host: string, key: PullKey): void {
    const pulls = this.#byHost.get(host);
    const pull = pulls?.get(key);
    if (pulls === undefined || pull === undefined || pull.shown || pull.reservations > 0) return;
    pulls.delete(key);
    if (pulls.size === 0) this.#byHost.delete(host);
  }
}

/** Entries that people write by hand are nobody's budget: no job could wait for their end. */
const isOfJob = ({ ownerReferences }: ImageTagSpec): boolean =>
  ownerReferences?.some(({ kind }) => kind === 'ImagePullJob') ?? false;

function hasEnded({ version = 0 }: ImageTagSpec, status: ImageTagStatus | undefined): boolean {
  return status !== undefined && isFinalPhase(status.phase) && (status.version ?? 0) >= version;
}

function unfinishedPulls(
  node: string,
  nodeImage: NodeImage | undefined,
): ReadonlyMap<PullKey, string> {
  const pulls = new Map<PullKey, string>();
  const statuses = nodeImage?.status?.imageStatuses;
  for (const [name, { tags }] of Object.entries(nodeImage?.spec?.images ?? {})) {
    for (const entry of tags) {
      const status = statuses?.[name]?.tags.find(({ tag }) => tag === entry.tag);
      if (!isOfJob(entry) || hasEnded(entry, status)) continue;
      pulls.set(pullKey(node, { name, tag: entry.tag }), registryOf(name));
    }
  }
  return pulls;
}
