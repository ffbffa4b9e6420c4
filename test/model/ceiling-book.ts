import type { ConfigMap } from '../../api/core.ts';
import { LATEST_NEWS_MS } from './job-book.ts';
import type { Moment } from './registry-pulls.ts';

/** Registries of the images of the model. */
export const HOSTS = ['docker.io', 'quay.example'] as const;

type Limits = (host: string) => number | undefined;

/** What the ConfigMap of registry ceilings says in the model, and what each text means by the guide to it. `wrong`: one of its lines is a mistake. */
export const CEILINGS = {
  tight: { text: 'docker.io = 1\nquay.example = 1', limits: () => 1, wrong: false },
  hub: {
    text: 'docker.io = 2',
    limits: host => (host === 'docker.io' ? 2 : undefined),
    wrong: false,
  },
  all: { text: '* = 2 # every registry', limits: () => 2, wrong: false },
  wide: {
    text: '*.example = 3',
    limits: host => (host === 'quay.example' ? 3 : undefined),
    wrong: false,
  },
  paused: {
    text: 'docker.io = 0',
    limits: host => (host === 'docker.io' ? 0 : undefined),
    wrong: false,
  },
  open: { text: '* = unlimited', limits: () => Number.POSITIVE_INFINITY, wrong: false },
  wrong: {
    text: 'docker.io = 1\nquay.example = many',
    limits: host => (host === 'docker.io' ? 1 : undefined),
    wrong: true,
  },
} as const satisfies Record<string, { text: string; limits: Limits; wrong: boolean }>;
export type CeilingsName = keyof typeof CEILINGS;

interface Era {
  readonly fromMs: number;
  /** More than one where it depends on what a manager saw before. */
  readonly possible: readonly Limits[];
}

/** Half a minute after a registry refused a pull, the next refusal is news. */
const HOLD_MS = 30_000;
/** For a minute after a refusal a ceiling stays where that put it. */
const LOW_MS = 60_000;

interface Lowered {
  readonly limit: number;
  readonly atMs: number;
}

/** Which ceilings hold: those of the ConfigMap, and those that a registry asked for. */
export class CeilingBook {
  readonly #fallback: number;
  readonly #eras: Era[] = [{ fromMs: Number.NEGATIVE_INFINITY, possible: [() => undefined] }];
  readonly #lowered = new Map<string, Lowered>();

  constructor(options: { readonly maxPullsPerRegistry: number }) {
    const { maxPullsPerRegistry: most } = options;
    this.#fallback = most === 0 ? Number.POSITIVE_INFINITY : most;
  }

  /** Takes in what the ConfigMap says; undefined when it is gone. With a mistake in it the ceilings before it stay, if a manager saw them. */
  set(configMap: ConfigMap | undefined, nowMs: number): void {
    const text = configMap?.data?.['ceilings'];
    const said = Object.values(CEILINGS).find(each => each.text === text);
    const before =
      said?.wrong === true ? this.#recent(nowMs).flatMap(({ possible }) => possible) : [];
    const limits: Limits = said?.limits ?? (() => undefined);
    this.#eras.push({ fromMs: nowMs, possible: [...before, limits] });
  }

  /** A registry refused a pull while `inFlight` ran, that one with them. Managers that are behind may know of others. */
  refused(host: string, { inFlight, nowMs, isCalm }: { inFlight: number } & Moment): void {
    const before = this.#lowered.get(host);
    if (before !== undefined && nowMs < before.atMs + HOLD_MS) return;
    const inForce = this.most(host, { nowMs, isCalm });
    const half = Math.max(1, Math.floor(Math.min(inForce, inFlight) / 2));
    const limit = isCalm ? half : Number.POSITIVE_INFINITY;
    // Times in objects are whole seconds.
    this.#lowered.set(host, { limit, atMs: Math.floor(nowMs / 1000) * 1000 });
  }

  /** Another manager leads, which counts by itself what runs. */
  forgetRefusals(): void {
    this.#lowered.clear();
  }

  /** The most pulls that a manager may let run from `host`. */
  most(host: string, { nowMs, isCalm }: Moment): number {
    const eras = isCalm ? this.#eras.slice(-1) : this.#recent(nowMs);
    const ceilings = eras.flatMap(({ possible }) =>
      possible.map(limits => limits(host) ?? this.#fallback),
    );
    const lowered = isCalm ? this.#lowered.get(host) : undefined;
    const asked =
      lowered !== undefined && nowMs < lowered.atMs + LOW_MS
        ? lowered.limit
        : Number.POSITIVE_INFINITY;
    return Math.min(asked, Math.max(...ceilings));
  }

  /** The settings that a manager may have in mind. */
  #recent(nowMs: number): readonly Era[] {
    const endMs = (era: number): number => this.#eras[era + 1]?.fromMs ?? nowMs;
    return this.#eras.filter((_, era) => endMs(era) >= nowMs - LATEST_NEWS_MS);
  }
}
