import type { Clock } from '../../runtime/clock.ts';

/** What was so at one time. */
export interface Sample {
  readonly ms: number;
  readonly nodesWarm: number;
  readonly pulling: number;
  /** Since the job was made. */
  readonly bytes: number;
}

/** Who writes to the Kubernetes API. */
export type Writer = 'manager' | 'daemons';

/** A chart has no room for more. */
const MOST_SAMPLES = 600;

export interface RecorderDeps {
  readonly clock: Clock;
  /** Bytes that all transfers have brought so far. */
  readonly sentBytes: () => number;
}

/** Takes down what happens in a simulation, from `start` on. */
export class Recorder {
  /** When each node had the image, in milliseconds after the start, in order. */
  readonly warmAtMs: number[] = [];
  readonly writes: Record<Writer, number> = { manager: 0, daemons: 0 };
  attempts = 0;
  failedAttempts = 0;
  mostPulling = 0;
  readonly #deps: RecorderDeps;
  #samples: Sample[] = [];
  #everyMs = 1_000;
  #pulling = 0;
  #startMs: number | undefined;
  #cancel = (): void => {};

  constructor(deps: RecorderDeps) {
    this.#deps = deps;
  }

  get samples(): readonly Sample[] {
    return this.#samples;
  }

  get nowMs(): number {
    return this.#deps.clock.monotonicMs() - (this.#startMs ?? 0);
  }

  /** From now on things count. */
  start(): void {
    this.#startMs = this.#deps.clock.monotonicMs();
    this.#sample();
  }

  /** The last look; nothing counts any more. */
  stop(): void {
    this.#cancel();
    this.#take();
    this.#startMs = undefined;
  }

  wrote(writer: Writer): void {
    if (this.#startMs !== undefined) this.writes[writer]++;
  }

  /** Follows one attempt to pull. */
  async pull<T>(work: () => Promise<T>): Promise<T> {
    this.attempts++;
    this.#pulling++;
    this.mostPulling = Math.max(this.mostPulling, this.#pulling);
    try {
      const result = await work();
      this.warmAtMs.push(this.nowMs);
      return result;
    } catch (error) {
      this.failedAttempts++;
      throw error;
    } finally {
      this.#pulling--;
    }
  }

  #sample(): void {
    this.#take();
    this.#cancel = this.#deps.clock.after(this.#everyMs, () => this.#sample());
  }

  #take(): void {
    const { sentBytes } = this.#deps;
    const nodesWarm = this.warmAtMs.length;
    this.#samples.push({ ms: this.nowMs, nodesWarm, pulling: this.#pulling, bytes: sentBytes() });
    if (this.#samples.length <= MOST_SAMPLES) return;
    this.#samples = this.#samples.filter((_, i) => i % 2 === 0);
    this.#everyMs *= 2;
  }
}
