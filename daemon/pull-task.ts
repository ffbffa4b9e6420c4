import {
  type ImageReference,
  parseImageReference,
  pullReference,
  registryOf,
} from '../api/image-reference.ts';
import type { PullFailureReason } from '../api/pull-failure.ts';
import { type LinkedAbort, linkedAbort } from '../runtime/abort.ts';
import { type AttemptDeps, type AttemptResult, attemptPull, imageIDOf } from './attempt-pull.ts';
import type { DownloadedBytes } from './containerd/download-progress.ts';
import { CriError } from './cri/cri-error.ts';
import type { ImageFs } from './image-fs.ts';
import type { PullSlots } from './pull-slots.ts';
import { type AttemptFailure, nextStep, pauseMs, pullLimits } from './retry-policy.ts';
import type { WantedPull } from './wanted-pulls.ts';

/** Why there is no image, or not yet. */
export interface PullTrouble {
  readonly reason: PullFailureReason;
  readonly message: string;
}

/** How a pull ended. */
export type PullOutcome =
  /** The image was there, and the policy asks for no more. */
  | { readonly kind: 'present'; readonly imageID: string }
  | { readonly kind: 'pulled'; readonly imageID: string }
  | ({ readonly kind: 'failed' } & PullTrouble)
  /** Nobody wants it any longer. */
  | { readonly kind: 'stopped' };

/** How a pull ends that was not stopped. */
export type FinalOutcome = Exclude<PullOutcome, { readonly kind: 'stopped' }>;

export interface PullTaskDeps extends AttemptDeps {
  readonly slots: Pick<PullSlots, 'run' | 'rest'>;
  readonly imageFs: ImageFs;
  readonly random: () => number;
}

/** Told while a pull runs. */
export interface PullListener {
  /** The first attempt has its slot. */
  onStart(): void;
  /** The download went on. */
  onBytes(bytes: DownloadedBytes): void;
  /** It has to be tried again, or has to wait. */
  onTrouble(trouble: PullTrouble): void;
  /** An attempt failed, and another will follow. */
  onRetry(reason: PullFailureReason): void;
}

/** Asking whether an image is there takes a runtime milliseconds; one that needs longer hangs. */
const STATUS_DEADLINE_MS = 10_000;

/** Sees one pull through all its attempts. Never rejects for what runtimes and registries do. */
export async function runPull(
  pull: WantedPull,
  deps: PullTaskDeps & PullListener,
  signal: AbortSignal,
): Promise<PullOutcome> {
  const { problem } = pull.spec;
  if (problem !== undefined) return { kind: 'failed', reason: 'InvalidSpec', message: problem };
  const parsed = parseImageReference(pullReference(pull.name, pull.tag));
  if (!parsed.ok) {
    const message = `image "${pullReference(pull.name, pull.tag)}" ${parsed.message}`;
    return { kind: 'failed', reason: 'InvalidReference', message };
  }
  using life = linkedAbort(signal);
  const task = new PullTask(pull, parsed.reference, life, deps);
  try {
    return await task.run();
  } catch (error) {
    if (signal.aborted) return { kind: 'stopped' };
    if (life.signal.aborted) return task.deadlineExceeded();
    throw error;
  } finally {
    task.end();
  }
}

class PullTask {
  readonly #pull: WantedPull;
  readonly #reference: ImageReference;
  readonly #life: LinkedAbort;
  readonly #deps: PullTaskDeps & PullListener;
  readonly #limits: ReturnType<typeof pullLimits>;
  /** Number of the attempt that runs or comes next. */
  #attempt = 1;
  /** What kept attempts from beginning since the last one that met the runtime. */
  #outages = 0;
  #started = false;
  #lastFailure: AttemptFailure | undefined;
  #cancelDeadline = (): void => {};

  constructor(
    pull: WantedPull,
    reference: ImageReference,
    life: LinkedAbort,
    deps: PullTaskDeps & PullListener,
  ) {
    this.#pull = pull;
    this.#reference = reference;
    this.#life = life;
    this.#deps = deps;
    this.#limits = pullLimits(pull.spec.pullPolicy);
  }

  async run(): Promise<PullOutcome> {
    for (;;) {
      await this.#runtimeAvailable();
      const result = (await this.#present()) ?? (await this.#attemptInSlot());
      if (result.kind !== 'failed') return result;
      if (!(await this.#mayTryAgain(result))) {
        return { kind: 'failed', reason: result.reason, message: result.message };
      }
    }
  }

  deadlineExceeded(): PullOutcome {
    const last = this.#lastFailure === undefined ? '' : `; last: ${this.#lastFailure.message}`;
    const message = `pulling exceeds the activeDeadlineSeconds${last}`;
    return { kind: 'failed', reason: 'DeadlineExceeded', message };
  }

  end(): void {
    this.#cancelDeadline();
  }

  async #runtimeAvailable(): Promise<void> {
    const { runtime } = this.#deps;
    if (runtime.problem === undefined) return;
    this.#deps.onTrouble({ reason: 'RuntimeUnavailable', message: runtime.problem });
    await runtime.available(this.#life.signal);
  }

  /** Looks before it takes a slot, so that what is there never waits for what is not. */
  async #present(): Promise<AttemptResult | { kind: 'present'; imageID: string } | undefined> {
    if (this.#pull.spec.imagePullPolicy === 'Always') return undefined;
    const { name, tag } = this.#pull;
    const call = { signal: this.#life.signal, deadlineMs: STATUS_DEADLINE_MS };
    try {
      const image = await this.#deps.runtime.imageStatus(pullReference(name, tag), call);
      return image && { kind: 'present', imageID: imageIDOf(name, image.id) };
    } catch (error) {
      this.#life.signal.throwIfAborted();
      if (!(error instanceof CriError)) throw error;
      const isOutage = error.reason === 'RuntimeUnavailable' || error.reason === 'Timeout';
      // Any other failure of this question may be one of this call alone: the pull will tell.
      if (!isOutage) return undefined;
      const { message } = error;
      return { kind: 'failed', reason: 'RuntimeUnavailable', message, timedOut: false };
    }
  }

  #attemptInSlot(): Promise<AttemptResult> {
    const { createdAt = '' } = this.#pull.spec;
    const claim = { registry: this.#registry, createdAt };
    return this.#deps.slots.run(claim, this.#life.signal, async () => {
      const message = await this.#deps.imageFs.problem();
      if (message !== undefined) {
        return { kind: 'failed', reason: 'InsufficientDisk', message, timedOut: false };
      }
      this.#life.signal.throwIfAborted();
      this.#start();
      const options = {
        reference: this.#reference,
        timeoutMs: this.#limits.timeoutMs,
        freshCredentials: this.#lastFailure?.reason === 'Unauthorized',
        onBytes: (bytes: DownloadedBytes) => this.#deps.onBytes(bytes),
        signal: this.#life.signal,
      };
      return attemptPull(this.#pull, options, this.#deps);
    });
  }

  get #registry(): string {
    return registryOf(this.#pull.name);
  }

  #start(): void {
    if (this.#started) return;
    this.#started = true;
    const { deadlineMs } = this.#limits;
    if (deadlineMs !== undefined) {
      this.#cancelDeadline = this.#deps.clock.after(deadlineMs, () => this.#life.abort());
    }
    this.#deps.onStart();
  }

  /** Waits for whatever the next attempt has to wait for; false when there is none. Holds no slot meanwhile. */
  async #mayTryAgain(failure: AttemptFailure): Promise<boolean> {
    this.#lastFailure = failure;
    const { reason, message } = failure;
    const couldBegin = reason !== 'RuntimeUnavailable' && reason !== 'InsufficientDisk';
    this.#outages = couldBegin ? 0 : this.#outages + 1;
    const counts = { attempt: this.#attempt, outages: this.#outages };
    switch (nextStep(failure, this.#limits, counts)) {
      case 'give-up':
        return false;
      case 'wait-for-runtime':
        // One that is lost announces itself when it is back; one that is not has to be given time.
        if (this.#deps.runtime.problem === undefined) await this.#pause(failure, this.#outages);
        return true;
      case 'wait-for-disk':
        this.#deps.onTrouble({ reason, message });
        await this.#pause(failure, this.#outages);
        return true;
      case 'retry-now':
        this.#tellOf(failure);
        this.#attempt++;
        return true;
      case 'retry-later':
        this.#tellOf(failure);
        await this.#pause(failure, this.#attempt++);
        return true;
    }
  }

  #tellOf({ reason, message }: AttemptFailure): void {
    const which = `attempt ${this.#attempt} of ${this.#limits.attempts} failed`;
    this.#deps.onTrouble({ reason, message: `${which}: ${message}` });
    this.#deps.onRetry(reason);
  }

  /** Before retry number `retry`; 1 is the first. A registry that asks for patience gets it from all pulls of this node. */
  #pause(failure: AttemptFailure, retry: number): Promise<void> {
    const { clock, random, slots } = this.#deps;
    const ms = pauseMs(failure, retry, random);
    if (failure.reason === 'RateLimited') slots.rest(this.#registry, ms);
    return clock.sleep(ms, this.#life.signal);
  }
}
