import type { ContentStore } from '../daemon/containerd/content-store.ts';
import { criErrorOf } from '../daemon/cri/cri-error.ts';
import type { PresentImage, PullRequest, RuntimeVersion } from '../daemon/cri/image-runtime.ts';
import type { RuntimeConnection } from '../daemon/cri/runtime-connection.ts';
import type { RuntimeCall } from '../daemon/cri/unary.ts';
import { aborted } from '../runtime/abort.ts';
import { directContentStore } from './direct-content-store.ts';
import type { SimulatedRuntime } from './simulated-runtime.ts';

/** How a runtime without gRPC refuses a call. */
export interface CallRefusal {
  /** Of gRPC. */
  readonly code: number;
  readonly details: string;
}

export interface DirectRuntimeDeps {
  /** Asked before each pull. Default: never. */
  readonly refusalOf?: (image: string) => CallRefusal | undefined;
  /** Follows each pull. */
  readonly follow?: (pull: () => Promise<string>) => Promise<string>;
}

/** A simulated container runtime for a daemon in the same process, without socket and gRPC. */
export class DirectRuntime implements RuntimeConnection {
  readonly problem = undefined;
  readonly store: ContentStore;
  readonly #runtime: SimulatedRuntime;
  readonly #deps: Required<DirectRuntimeDeps>;

  constructor(
    runtime: SimulatedRuntime,
    { refusalOf = () => undefined, follow = pull => pull() }: DirectRuntimeDeps = {},
  ) {
    this.#runtime = runtime;
    this.#deps = { refusalOf, follow };
    this.store = directContentStore(runtime);
  }

  available(): Promise<void> {
    return Promise.resolve();
  }

  async run(signal: AbortSignal): Promise<void> {
    await aborted(signal).catch(() => {
      // To be aborted is how it ends.
    });
  }

  version(): Promise<RuntimeVersion> {
    return Promise.resolve({ name: 'simulated', version: '1.0.0' });
  }

  imageStatus(image: string): Promise<PresentImage | undefined> {
    const found = this.#runtime.images.find(image);
    return Promise.resolve(found === undefined ? undefined : { id: found.image.id });
  }

  pullImage(request: PullRequest, call: RuntimeCall): Promise<string> {
    return this.#deps.follow(() => this.#pull(request, call));
  }

  async #pull({ image, credential, lease }: PullRequest, { signal }: RuntimeCall): Promise<string> {
    const refusal = this.#deps.refusalOf(image);
    if (refusal !== undefined) throw criErrorOf(refusal);
    const answer = await this.#runtime.pull(image, { auth: credential, lease }, signal);
    if (answer.kind === 'refused') throw criErrorOf(answer);
    return answer.id;
  }
}
