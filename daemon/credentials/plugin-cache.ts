import type { Clock } from '../../runtime/clock.ts';
import type { RegistryCredential } from './docker-config.ts';
import type { CacheKeyType, PluginAnswer } from './plugin-protocol.ts';
import { splitAddress } from './registry-pattern.ts';

interface Kept {
  readonly credentials: readonly RegistryCredential[];
  /** Monotonic. */
  readonly untilMs: number;
}

/** In kubelet's order. */
const KEY_TYPES: readonly CacheKeyType[] = ['Image', 'Registry', 'Global'];

/** What a plugin answered, for as long as that counts. */
export class PluginCache {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();
  /** Of the last answer. */
  #keyType: CacheKeyType | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What is kept for an image: for itself, else for its registry, else for all. */
  get(image: string): readonly RegistryCredential[] | undefined {
    const now = this.#clock.monotonicMs();
    for (const type of KEY_TYPES) {
      const kept = this.#kept.get(cacheKey(type, image));
      if (kept !== undefined && now < kept.untilMs) return kept.credentials;
    }
    return undefined;
  }

  /** Keeps an answer, in the place of the one that counted for the same, and drops all that count no longer. */
  store(image: string, answer: PluginAnswer, defaultDurationMs: number): void {
    const { cacheKeyType, credentials, cacheDurationMs = defaultDurationMs } = answer;
    const now = this.#clock.monotonicMs();
    this.#keyType = cacheKeyType;
    for (const [key, { untilMs }] of this.#kept) if (untilMs <= now) this.#kept.delete(key);
    const key = cacheKey(cacheKeyType, image);
    this.#kept.delete(key);
    if (cacheDurationMs > 0) this.#kept.set(key, { credentials, untilMs: now + cacheDurationMs });
  }

  /** The key that an answer for `image` is likely to be kept under. */
  keyOf(image: string): string {
    return cacheKey(this.#keyType ?? 'Global', image);
  }

  /** True when an answer that was asked for `asked` counts for `image`. */
  covers({ cacheKeyType }: PluginAnswer, asked: string, image: string): boolean {
    return cacheKey(cacheKeyType, asked) === cacheKey(cacheKeyType, image);
  }
}

/** No two types have a key in common: an image has a slash, and neither can have a space. */
function cacheKey(type: CacheKeyType, image: string): string {
  switch (type) {
    case 'Image':
      return `image ${image}`;
    case 'Registry': {
      const { host, port } = splitAddress(image);
      return `registry ${host}:${port}`;
    }
    case 'Global':
      return 'global';
  }
}
