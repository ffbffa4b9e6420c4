import type { ContentStore } from '../../daemon/containerd/content-store.ts';
import { CriError } from '../../daemon/cri/cri-error.ts';
import type { PresentImage, PullRequest, RuntimeVersion } from '../../daemon/cri/image-runtime.ts';
import type { RuntimeConnection } from '../../daemon/cri/runtime-connection.ts';
import type { RuntimeCall } from '../../daemon/cri/unary.ts';
import { untilAborted } from '../../runtime/abort.ts';

type Answer = (request: PullRequest, signal: AbortSignal) => Promise<string> | string;

/** A runtime that answers as it is told. */
export class FakeRuntime implements Omit<RuntimeConnection, 'run'> {
  store: ContentStore | undefined;
  /** What is there: reference → id. */
  readonly present = new Map<string, string>();
  /** Every PullImage so far. */
  readonly pulls: PullRequest[] = [];
  /** Pulls that run now, and the most that ever did. */
  running = 0;
  mostRunning = 0;
  #answers: Answer[] = [];
  #otherwise: Answer = () => 'sha256:id';
  #problem: string | undefined;
  #onAvailable: (() => void)[] = [];

  /** Plays these answers to the next pulls, in order; then the last one for ever. */
  answer(...answers: Answer[]): void {
    this.#answers = answers;
    this.#otherwise = answers.at(-1) ?? this.#otherwise;
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  lose(problem: string): void {
    this.#problem = problem;
  }

  find(): void {
    this.#problem = undefined;
    for (const wake of this.#onAvailable.splice(0)) wake();
  }

  available(signal: AbortSignal): Promise<void> {
    if (this.#problem === undefined) return Promise.resolve();
    return untilAborted(new Promise<void>(resolve => this.#onAvailable.push(resolve)), signal);
  }

  async version(): Promise<RuntimeVersion> {
    return { name: 'fake', version: '1' };
  }

  async imageStatus(image: string): Promise<PresentImage | undefined> {
    const id = this.present.get(image);
    return id === undefined ? undefined : { id };
  }

  async pullImage(request: PullRequest, { signal }: RuntimeCall): Promise<string> {
    this.pulls.push(request);
    this.running++;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    try {
      const answer = this.#answers.shift() ?? this.#otherwise;
      return await answer(request, signal);
    } finally {
      this.running--;
    }
  }
}

/** An answer: the pull fails. */
export function fails(...failure: ConstructorParameters<typeof CriError>): Answer {
  return () => {
    throw new CriError(...failure);
  };
}

/** An answer that never comes; an abort ends the wait. */
export const hangs: Answer = (_, signal) => untilAborted(new Promise<string>(() => {}), signal);
