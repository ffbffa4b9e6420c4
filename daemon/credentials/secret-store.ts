import type { Secret } from '../../api/core.ts';
import type { PullSecretReference } from '../../api/node-image.ts';
import { SECRETS } from '../../api/resources.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { KubeError } from '../../kube/kube-error.ts';
import { untilAborted } from '../../runtime/abort.ts';
import type { Clock } from '../../runtime/clock.ts';
import { describeError } from '../../runtime/errors.ts';
import { redact } from '../redact.ts';
import { type DockerConfig, dockerConfigOf } from './docker-config.ts';

export interface SecretStoreDeps {
  readonly client: KubeClient;
  readonly clock: Clock;
}

/** Long enough for the tags of one round to share a read, short enough for a rotated password. */
const FRESH_MS = 30_000;
/** Secrets that nobody asked for this long are forgotten. */
const FORGET_MS = 600_000;
const DEADLINE_MS = 5_000;

interface Entry {
  readonly config: Promise<DockerConfig>;
  readonly readAt: number;
}

/** Pull secrets by reference, read one by one (`get` is all the daemon may do) and kept for a moment. */
export class SecretStore {
  readonly #deps: SecretStoreDeps;
  readonly #entries = new Map<string, Entry>();
  /** What was read well, for when the API server does not answer. */
  readonly #good = new Map<string, DockerConfig>();

  constructor(deps: SecretStoreDeps) {
    this.#deps = deps;
  }

  /**
   * The credentials of all `references`, in their order; one that cannot be used only adds a problem that names it.
   * `fresh` reads again what is kept.
   */
  async load(
    references: readonly PullSecretReference[],
    { fresh, signal }: { readonly fresh: boolean; readonly signal: AbortSignal },
  ): Promise<DockerConfig> {
    this.#forgetUnused();
    const reading = Promise.all(references.map(reference => this.#config(reference, fresh)));
    const configs = await untilAborted(reading, signal);
    return {
      credentials: configs.flatMap(config => config.credentials),
      problems: configs.flatMap(config => config.problems),
    };
  }

  #config(reference: PullSecretReference, fresh: boolean): Promise<DockerConfig> {
    const { namespace, name } = reference;
    const key = `${namespace}/${name}`;
    const now = this.#deps.clock.monotonicMs();
    const known = this.#entries.get(key);
    if (known !== undefined && !fresh && now - known.readAt < FRESH_MS) return known.config;
    const entry = { config: this.#read(key, { namespace, name }), readAt: now };
    this.#entries.set(key, entry);
    return entry.config;
  }

  async #read(key: string, name: { namespace: string; name: string }): Promise<DockerConfig> {
    try {
      const secret = await this.#deps.client.get(SECRETS, name, { deadlineMs: DEADLINE_MS });
      const config = configOf(key, secret);
      this.#good.set(key, config);
      return config;
    } catch (error) {
      const known = this.#good.get(key);
      if (known !== undefined && !isRefusal(error)) return known;
      const problem = `pull secret ${key} cannot be read: ${redact(describeError(error))}`;
      return { credentials: [], problems: [problem] };
    }
  }

  #forgetUnused(): void {
    const now = this.#deps.clock.monotonicMs();
    for (const [key, { readAt }] of this.#entries) {
      if (now - readAt < FORGET_MS) continue;
      this.#entries.delete(key);
      this.#good.delete(key);
    }
  }
}

function configOf(key: string, secret: Secret | undefined): DockerConfig {
  if (secret === undefined) {
    return { credentials: [], problems: [`pull secret ${key} not found`] };
  }
  const { credentials, problems } = dockerConfigOf(secret);
  return { credentials, problems: problems.map(text => redact(`pull secret ${key} ${text}`)) };
}

/** The API server answered, and the answer is no. */
function isRefusal(error: unknown): boolean {
  return error instanceof KubeError && error.status >= 400 && error.status < 500;
}
