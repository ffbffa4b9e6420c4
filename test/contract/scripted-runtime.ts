import type { ContentStore } from '../../daemon/containerd/content-store.ts';
import { CriError } from '../../daemon/cri/cri-error.ts';
import type { PresentImage, PullRequest, RuntimeClient } from '../../daemon/cri/image-runtime.ts';
import type { RuntimeCall } from '../../daemon/cri/unary.ts';
import type { Clock } from '../../runtime/clock.ts';

/** How the runtime answers a pull. */
export interface PullAnswer {
  readonly seconds: number;
  /** Absent: it succeeds. */
  readonly fails?: ConstructorParameters<typeof CriError>;
}

const unimplemented = (): Promise<never> =>
  Promise.reject(new CriError('PullFailed', 'unknown service'));

/** Of a runtime that is not containerd. */
const NO_STORE: ContentStore = {
  createLease: unimplemented,
  leasesWith: unimplemented,
  deleteLease: unimplemented,
  heldBy: unimplemented,
  hold: unimplemented,
  downloads: unimplemented,
  blob: unimplemented,
  read: unimplemented,
};

/** A runtime that answers by a list, and remembers what it was asked. */
export class ScriptedRuntime implements RuntimeClient {
  readonly store = NO_STORE;
  /** Every PullImage so far. */
  readonly pulls: PullRequest[] = [];
  /** Pulls that were cancelled. */
  readonly cancelled: string[] = [];
  readonly #clock: Clock;
  readonly #present = new Map<string, string>();
  readonly #answers = new Map<string, PullAnswer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** From now on pulls of `image` are answered so. */
  answer(image: string, answer: PullAnswer): void {
    this.#answers.set(image, answer);
  }

  version = () => Promise.resolve({ name: 'scripted', version: '1' });

  imageStatus(image: string): Promise<PresentImage | undefined> {
    const id = this.#present.get(image);
    return Promise.resolve(id === undefined ? undefined : { id });
  }

  async pullImage(request: PullRequest, { signal }: RuntimeCall): Promise<string> {
    const { image } = request;
    this.pulls.push(request);
    const { seconds, fails } = this.#answers.get(image) ?? { seconds: 0 };
    try {
      await this.#clock.sleep(seconds * 1_000, signal);
    } catch (error) {
      this.cancelled.push(image);
      throw error;
    }
    if (fails !== undefined) throw new CriError(...fails);
    this.#present.set(image, ID);
    return ID;
  }

  close(): void {}
}

const ID = `sha256:${'0f'.repeat(32)}`;
