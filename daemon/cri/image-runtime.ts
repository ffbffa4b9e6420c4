import type { ContentStore } from '../containerd/content-store.ts';
import type { Credential } from '../credentials/keyring.ts';
import type { RuntimeCall } from './unary.ts';

/** Who answers. */
export interface RuntimeVersion {
  /** `containerd`, `cri-o`, … */
  readonly name: string;
  readonly version: string;
}

/** An image that the runtime has. */
export interface PresentImage {
  readonly id: string;
}

/** One pull. */
export interface PullRequest {
  /** `nginx:1.27` or `nginx@sha256:…`, in any form the grammar allows. */
  readonly image: string;
  /** Absent: anonymous. */
  readonly credential?: Credential | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Holds what is downloaded, on containerd; other runtimes take no notice. */
  readonly lease?: string | undefined;
}

/** What the daemon asks of a container runtime. Failures throw CriError; an aborted call rejects with its signal's reason. */
export interface ImageRuntime {
  version(call: RuntimeCall): Promise<RuntimeVersion>;
  /** The image of this name, or undefined when the runtime does not have it. */
  imageStatus(image: string, call: RuntimeCall): Promise<PresentImage | undefined>;
  /** Pulls an image and returns the runtime's reference to it: its id, or a digest reference. */
  pullImage(request: PullRequest, call: RuntimeCall): Promise<string>;
}

/** A runtime behind one socket. Connects when it is first called, and again by itself after the connection was lost. */
export interface RuntimeClient extends ImageRuntime {
  /** What containerd offers beside CRI. */
  readonly store: ContentStore;
  /** Fails all running calls. */
  close(): void;
}
