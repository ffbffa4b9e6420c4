import { keyOf } from '../../api/meta.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Delta, Snapshot } from '../wire/feed.ts';
import type { NodeDetails } from '../wire/node-details.ts';
import type { Caches } from './caches.ts';
import { LiveView } from './live-view.ts';

export interface FeedOptions {
  /** As the manager's flag: 0 is no ceiling. */
  readonly maxPullsPerRegistry: number;
  readonly version: string;
}

export interface FeedDeps {
  readonly caches: Caches;
  readonly clock: Clock;
}

/** Hears what changed, at most once a tick. */
export type FeedListener = (delta: Delta) => void;

/** What the page shows, for as many as look. */
export class Feed {
  readonly #options: FeedOptions;
  readonly #deps: FeedDeps;
  readonly #listeners = new Set<FeedListener>();
  #view: LiveView | undefined;

  constructor(options: FeedOptions, deps: FeedDeps) {
    this.#options = options;
    this.#deps = deps;
    const { nodes, nodeImages, imagePullJobs, pods } = deps.caches;
    imagePullJobs.onChange(({ object }) => this.#view?.jobChanged(keyOf(object)));
    nodeImages.onChange(({ object }) => this.#view?.nodeImageChanged(object.metadata.name));
    nodes.onChange(({ object }) => this.#view?.nodeChanged(object.metadata.name));
    pods.onChange(({ object, previous }) => {
      for (const pod of [object, previous]) {
        const node = pod?.spec?.nodeName;
        if (node) this.#view?.podChanged(object.metadata.namespace, node);
      }
    });
  }

  /** Everything as it was at the last tick; what follows is told to those who are subscribed. */
  snapshot(): Snapshot {
    const { clock } = this.#deps;
    const { version } = this.#options;
    return { now: clock.now(), version, tables: this.#peek().tables() };
  }

  /** Tells `listener` from the present state on; the result ends that. */
  subscribe(listener: FeedListener): () => void {
    this.tick();
    this.#view = this.#peek();
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#view = undefined;
    };
  }

  /** Tells everybody what changed. */
  tick(): void {
    const tables = this.#view?.flush();
    if (tables === undefined) return;
    const delta = { now: this.#deps.clock.now(), tables };
    for (const listener of this.#listeners) listener(delta);
  }

  /** One node with its images; undefined when it has no NodeImage. */
  node(name: string): NodeDetails | undefined {
    return this.#peek().node(name);
  }

  #peek(): LiveView {
    return this.#view ?? new LiveView(this.#options, this.#deps.caches);
  }
}
