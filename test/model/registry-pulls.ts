import { registryOf } from '../../api/image-reference.ts';
import { isFinalPhase, type NodeImage } from '../../api/node-image.ts';
import { LATEST_NEWS_MS } from './job-book.ts';
import { nameAndTag, statusOf } from './standing.ts';
import type { Truth } from './truth.ts';

/** Images with an unfinished pull that counts against a ceiling: one image on one node, however many jobs own its entry. */
function pullsOn(nodeImage: NodeImage | undefined): ReadonlySet<string> {
  const pulls = new Set<string>();
  for (const [name, { tags }] of Object.entries(nodeImage?.spec?.images ?? {})) {
    for (const { tag, version = 0, ownerReferences } of tags) {
      const isOfJob = ownerReferences?.some(({ kind }) => kind === 'ImagePullJob') ?? false;
      const status = nodeImage && statusOf(nodeImage, `${name}:${tag}`);
      const answered = status !== undefined && (status.version ?? 0) >= version;
      if (isOfJob && !(answered && isFinalPhase(status.phase))) pulls.add(`${name}:${tag}`);
    }
  }
  return pulls;
}

/** The pulls from each registry. */
export class RegistryPulls {
  readonly #truth: Truth;
  /** When somebody who is no manager began a pull, by uid of the NodeImage and image. */
  readonly #byOthers = new Map<string, number>();

  constructor(truth: Truth) {
    this.#truth = truth;
  }

  /**
   * Takes in a change of a NodeImage. Returns the registries from which a manager began a pull with it. What others began, and has ended, a manager may still
   * take for running: then it meant to share it.
   */
  begins(
    before: NodeImage,
    after: NodeImage,
    by: { isManager: boolean } & Moment,
  ): ReadonlySet<string> {
    const ran = pullsOn(before);
    const begun = [...pullsOn(after)].filter(image => !ran.has(image));
    if (by.isManager) {
      const own = begun.filter(image => !this.#isNews(keyOf(after, image), by));
      return new Set(own.map(hostOf));
    }
    for (const image of begun) this.#byOthers.set(keyOf(after, image), by.nowMs);
    return new Set();
  }

  /** How many run from `host` that a manager has to know. */
  count(host: string, moment: Moment): number {
    let pulls = 0;
    for (const nodeImage of this.#truth.nodeImages.values()) {
      for (const image of pullsOn(nodeImage)) {
        if (hostOf(image) !== host) continue;
        if (!this.#isNews(keyOf(nodeImage, image), moment)) pulls++;
      }
    }
    return pulls;
  }

  #isNews(key: string, { nowMs, isCalm }: Moment): boolean {
    const sinceMs = this.#byOthers.get(key) ?? Number.NEGATIVE_INFINITY;
    return !isCalm && sinceMs + LATEST_NEWS_MS >= nowMs;
  }
}

/** When something is judged. */
export interface Moment {
  readonly nowMs: number;
  /** Managers know everything. */
  readonly isCalm: boolean;
}

const hostOf = (image: string): string => registryOf(nameAndTag(image).name);

const keyOf = ({ metadata }: NodeImage, image: string): string => `${metadata.uid} ${image}`;
