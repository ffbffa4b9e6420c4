import {
  type ImageStatus,
  type ImageTagStatus,
  isFinalPhase,
  type NodeImage,
  type NodeImageStatus,
} from '../../../api/node-image.ts';
import { systemClock, timestamp } from '../../../runtime/clock.ts';

/** One wanted tag of one node. */
interface Pull {
  readonly image: string;
  readonly tag: string;
  readonly version: number;
}

export interface SimulatedNodeDeps {
  readonly pullMs: number;
  /** Whether a pull of `reference` ends well. */
  readonly succeeds: (reference: string) => boolean;
  readonly begun: (reference: string, version: number) => void;
  readonly ended: (reference: string) => void;
  /** Called when there is something new to report. */
  readonly report: () => void;
}

/** A node's daemon as the manager sees it: begins each version of each wanted tag once, and tells what became of it. */
export class SimulatedNode {
  readonly #deps: SimulatedNodeDeps;
  readonly #wanted = new Map<string, Pull>();
  readonly #results = new Map<string, ImageTagStatus>();
  readonly #cancels = new Map<string, () => void>();
  /** Names of images that the API server has, or had, in the status. */
  readonly #reportedImages = new Set<string>();

  constructor(deps: SimulatedNodeDeps) {
    this.#deps = deps;
  }

  /** Takes in what the API server has. */
  see({ spec, status }: NodeImage): void {
    for (const image of Object.keys(status?.imageStatuses ?? {})) this.#reportedImages.add(image);
    const seen = new Set<string>();
    for (const [image, { tags }] of Object.entries(spec.images ?? {})) {
      for (const { tag, version = 0 } of tags) {
        const reference = `${image}:${tag}`;
        seen.add(reference);
        const told = status?.imageStatuses?.[image]?.tags.find(known => known.tag === tag);
        this.#want(reference, { image, tag, version }, told);
      }
    }
    for (const reference of this.#wanted.keys()) if (!seen.has(reference)) this.#drop(reference);
  }

  /** Ends every pull. */
  close(): void {
    for (const reference of this.#wanted.keys()) this.#drop(reference);
  }

  /** A merge patch of the whole status. */
  status(): Omit<NodeImageStatus, 'imageStatuses'> & {
    readonly imageStatuses: Readonly<Record<string, ImageStatus | null>>;
  } {
    const imageStatuses: Record<string, ImageStatus | null> = {};
    for (const image of this.#reportedImages) imageStatuses[image] = null;
    for (const [reference, result] of this.#results) {
      const image = this.#wanted.get(reference)?.image ?? '';
      const others = imageStatuses[image]?.tags ?? [];
      imageStatuses[image] = { tags: [...others, result] };
      this.#reportedImages.add(image);
    }
    const count = (phase: string): number =>
      [...this.#results.values()].filter(result => result.phase === phase).length;
    const [succeeded, failed] = [count('Succeeded'), count('Failed')];
    const desired = this.#wanted.size;
    return { desired, succeeded, failed, pulling: desired - succeeded - failed, imageStatuses };
  }

  #want(reference: string, pull: Pull, told: ImageTagStatus | undefined): void {
    if (this.#wanted.get(reference)?.version === pull.version) return;
    this.#drop(reference);
    this.#wanted.set(reference, pull);
    if (told?.version === pull.version && isFinalPhase(told.phase)) {
      this.#results.set(reference, told);
      return;
    }
    const startTime = timestamp(systemClock);
    this.#deps.begun(reference, pull.version);
    const cancel = systemClock.after(this.#deps.pullMs, () => {
      this.#end(reference);
      this.#results.set(reference, this.#result(reference, pull, startTime));
      this.#deps.report();
    });
    this.#cancels.set(reference, cancel);
  }

  #result(reference: string, { tag, version }: Pull, startTime: string): ImageTagStatus {
    const ended = { tag, version, startTime, completionTime: timestamp(systemClock) };
    return this.#deps.succeeds(reference)
      ? { ...ended, phase: 'Succeeded', progress: 100 }
      : { ...ended, phase: 'Failed', reason: 'NotFound', message: 'no such image' };
  }

  #drop(reference: string): void {
    this.#end(reference);
    this.#wanted.delete(reference);
    if (this.#results.delete(reference)) this.#deps.report();
  }

  #end(reference: string): void {
    this.#cancels.get(reference)?.();
    if (this.#cancels.delete(reference)) this.#deps.ended(reference);
  }
}
