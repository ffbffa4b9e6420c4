import type { Secret } from '../../api/core.ts';
import { type ObjectKey, objectKey, parseObjectKey } from '../../api/meta.ts';
import { ANNOTATION_SECRET_REFERENCES } from '../../api/names.ts';
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

/** What a pull secret gave. */
export interface PullSecret extends DockerConfig {
  /** `namespace/name`. */
  readonly key: ObjectKey;
  /** The jobs that a mirrored secret is for; absent: it is no mirror, and for whoever names it. */
  readonly jobs?: ReadonlySet<ObjectKey>;
}

interface Entry {
  readonly secret: Promise<PullSecret>;
  readonly readAt: number;
}

/** Pull secrets by reference, read one by one (`get` is all the daemon may do) and kept for a moment. */
export class SecretStore {
  readonly #deps: SecretStoreDeps;
  readonly #entries = new Map<ObjectKey, Entry>();
  /** What was read well, for when the API server does not answer. */
  readonly #good = new Map<ObjectKey, PullSecret>();

  constructor(deps: SecretStoreDeps) {
    this.#deps = deps;
  }

  /** The secrets behind `references`, in their order. One that cannot be used only has problems, which name it. `fresh` reads again what is kept. */
  async load(
    references: readonly PullSecretReference[],
    { fresh, signal }: { readonly fresh: boolean; readonly signal: AbortSignal },
  ): Promise<readonly PullSecret[]> {
    this.#forgetUnused();
    const reading = Promise.all(references.map(reference => this.#secret(reference, fresh)));
    return untilAborted(reading, signal);
  }

  #secret({ namespace, name }: PullSecretReference, fresh: boolean): Promise<PullSecret> {
    const key = objectKey(name, namespace);
    const now = this.#deps.clock.monotonicMs();
    const known = this.#entries.get(key);
    if (known !== undefined && !fresh && now - known.readAt < FRESH_MS) return known.secret;
    const entry = { secret: this.#read(key), readAt: now };
    this.#entries.set(key, entry);
    return entry.secret;
  }

  async #read(key: ObjectKey): Promise<PullSecret> {
    const name = parseObjectKey(key);
    try {
      const secret = await this.#deps.client.get(SECRETS, name, { deadlineMs: DEADLINE_MS });
      const read = pullSecretOf(key, secret);
      this.#good.set(key, read);
      return read;
    } catch (error) {
      const known = this.#good.get(key);
      if (known !== undefined && !isRefusal(error)) return known;
      return unusable(key, `cannot be read: ${describeError(error)}`);
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

function pullSecretOf(key: ObjectKey, secret: Secret | undefined): PullSecret {
  if (secret === undefined) return unusable(key, 'not found');
  const { credentials, problems } = dockerConfigOf(secret);
  const references = secret.metadata.annotations?.[ANNOTATION_SECRET_REFERENCES];
  return {
    key,
    credentials,
    problems: problems.map(problem => problemOf(key, problem)),
    ...(references === undefined ? {} : { jobs: new Set(references.split(',')) }),
  };
}

function unusable(key: ObjectKey, problem: string): PullSecret {
  return { key, credentials: [], problems: [problemOf(key, problem)] };
}

function problemOf(key: ObjectKey, problem: string): string {
  return redact(`pull secret ${key} ${problem}`);
}

/** The API server answered, and the answer is no. */
function isRefusal(error: unknown): boolean {
  return error instanceof KubeError && error.status >= 400 && error.status < 500;
}
