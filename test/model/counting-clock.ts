import { FakeClock } from '../support/fake-clock.ts';

/** Looks at the clock between two steps of the model; more is a loop that does not wait. */
const MOST_LOOKS = 50_000;

/** A clock that notices when somebody runs in circles without letting time pass: it throws, so that the circle ends. */
export class CountingClock extends FakeClock {
  readonly #onLoop: () => void;
  #looks = 0;

  constructor(onLoop: () => void) {
    super();
    this.#onLoop = onLoop;
  }

  /** Begins to count anew. */
  rest(): void {
    this.#looks = 0;
  }

  override now(): number {
    this.#count();
    return super.now();
  }

  override monotonicMs(): number {
    this.#count();
    return super.monotonicMs();
  }

  #count(): void {
    if (++this.#looks <= MOST_LOOKS) return;
    if (this.#looks === MOST_LOOKS + 1) this.#onLoop();
    throw new Error('somebody runs in circles');
  }
}
