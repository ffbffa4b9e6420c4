import { isSameVersion } from '../../api/meta.ts';
import type { NodeImage } from '../../api/node-image.ts';
import { NODE_IMAGES } from '../../api/resources.ts';
import type { Change, Informer } from '../../kube/informer.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import { INDEX_OWNER_UID, tagOwnerUids } from '../informers.ts';
import { trimNodeImage } from '../trim.ts';

const generationOf = (nodeImage: NodeImage): number => nodeImage.metadata.generation ?? 0;

const RETRY_MS = 1_000;

export interface KnownNodeImagesDeps {
  readonly client: KubeClient;
  readonly informer: Informer<NodeImage>;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * NodeImages as the cache has them, or as we wrote them while the cache has not seen it yet. Whoever counts pulls must count
 * the ones that were just started. `metadata.generation` tells which spec is newer: it grows with every change of one.
 */
export class KnownNodeImages {
  readonly #cache: Informer<NodeImage>;
  readonly #client: KubeClient;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #ahead = new Map<string, NodeImage>();
  readonly #handlers: ((name: string) => void)[] = [];

  constructor(deps: KnownNodeImagesDeps) {
    this.#client = deps.client;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#cache = deps.informer;
    deps.informer.onChange(change => {
      this.#settle(change);
      this.#notify(change.object.metadata.name);
    });
  }

  /** Calls `handler` with the name of each NodeImage after what is known of it changed, before other handlers of its informer. */
  onChange(handler: (name: string) => void): void {
    this.#handlers.push(handler);
  }

  /** The first list is in the cache. */
  get hasSynced(): boolean {
    return this.#cache.hasSynced;
  }

  /** The newest NodeImage of that name we know of. */
  get(name: string): NodeImage | undefined {
    return this.#ahead.get(name) ?? this.#cache.get(name);
  }

  /** All NodeImages, in no particular order. */
  *list(): Iterable<NodeImage> {
    for (const cached of this.#cache.list()) yield this.get(cached.metadata.name) ?? cached;
    for (const [name, ahead] of this.#ahead) {
      if (this.#cache.get(name) === undefined) yield ahead;
    }
  }

  /** Names of the NodeImages with a tag of the job `uid`. */
  ownedBy(uid: string): ReadonlySet<string> {
    const names = new Set<string>();
    for (const { metadata } of this.#cache.byIndex(INDEX_OWNER_UID, uid)) names.add(metadata.name);
    for (const [name, ahead] of this.#ahead) {
      if (tagOwnerUids(ahead).includes(uid)) names.add(name);
      else names.delete(name);
    }
    return names;
  }

  /** What the cache itself has, for {@link KnownNodeImages.record}. */
  cached(name: string): NodeImage | undefined {
    return this.#cache.get(name);
  }

  /**
   * Takes in what the API server answered to a write, or to a read that began when the cache had `before`. A change of the status moves no
   * generation: there the answer is newer only if the cache did not move during the read.
   */
  record(answer: NodeImage, before?: NodeImage): void {
    const cached = this.#cache.get(answer.metadata.name);
    if (cached !== undefined && cached.metadata.uid === answer.metadata.uid) {
      const moved = cached !== before || isSameVersion(cached, answer);
      if (moved && generationOf(cached) >= generationOf(answer)) return;
    }
    this.#ahead.set(answer.metadata.name, trimNodeImage(answer));
    this.#notify(answer.metadata.name);
  }

  /** Takes in that the API server has no such NodeImage. */
  forget(name: string): void {
    if (this.#ahead.delete(name)) this.#notify(name);
  }

  /**
   * Reads all NodeImages consistently. A new leader does this before it starts a pull, because its cache may
   * lag behind what the old leader wrote last. Rejects only when `signal` aborts.
   */
  async catchUp(signal: AbortSignal): Promise<void> {
    for (;;) {
      try {
        for await (const page of this.#client.pages(NODE_IMAGES, { signal })) {
          for (const item of page.items) this.record(item);
        }
        return;
      } catch (err) {
        signal.throwIfAborted();
        this.#log.warn('Failed to list NodeImages', { err });
        await this.#clock.sleep(RETRY_MS, signal);
      }
    }
  }

  #notify(name: string): void {
    for (const handler of this.#handlers) handler(name);
  }

  #settle({ type, object }: Change<NodeImage>): void {
    const ahead = this.#ahead.get(object.metadata.name);
    if (ahead === undefined) return;
    const same = ahead.metadata.uid === object.metadata.uid;
    const passed = same
      ? type === 'deleted' || generationOf(object) >= generationOf(ahead)
      : type !== 'deleted' && createdAt(object) >= createdAt(ahead);
    if (passed) this.#ahead.delete(object.metadata.name);
  }
}

/** RFC 3339 in UTC with seconds: text order is time order. */
const createdAt = (nodeImage: NodeImage): string => nodeImage.metadata.creationTimestamp ?? '';
