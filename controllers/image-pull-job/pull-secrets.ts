import { isDeepStrictEqual } from 'node:util';
import type { Secret } from '../../api/core.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { keyOf, type ObjectKey } from '../../api/meta.ts';
import {
  ANNOTATION_SECRET_REFERENCES,
  ANNOTATION_SECRET_SOURCE,
  ANNOTATION_SECRET_UPDATED,
  DAEMON_SECRETS_NAMESPACE,
} from '../../api/names.ts';
import { SECRETS } from '../../api/resources.ts';
import type { KubeClient, Patch } from '../../kube/kube-client.ts';
import { isAlreadyExists, isConflict, isNotFound, KubeError } from '../../kube/kube-error.ts';
import { type Clock, timestamp } from '../../runtime/clock.ts';
import {
  mirrorNameOf,
  mirrorOf,
  needsMirrors,
  referencesOf,
  renderReferences,
  updatedAtOf,
} from './mirrored-secret.ts';

/** Tries against other writers of the same mirror; each of them is a job that came or went. */
const MAX_ATTEMPTS = 5;

/** What is known of the pull secrets of a job. */
export interface PullSecretsState {
  /** Secrets that can't be used, with the reason, in the order of the job. */
  readonly problems: readonly string[];
  /** When the credentials last changed, milliseconds since the epoch; 0 when there are none. */
  readonly updatedAtMs: number;
}

/** Mirrors the pull secrets of jobs to the namespace of the daemons. Reads single Secrets only, never lists. */
export class PullSecrets {
  readonly #client: KubeClient;
  readonly #clock: Clock;

  constructor(deps: { readonly client: KubeClient; readonly clock: Clock }) {
    this.#client = deps.client;
    this.#clock = deps.clock;
  }

  /** Brings the mirrors of the job's secrets up to date and notes the job on them. */
  async claim(job: ImagePullJob, signal: AbortSignal): Promise<PullSecretsState> {
    if (!needsMirrors(job)) return { problems: [], updatedAtMs: 0 };
    const problems: string[] = [];
    let updatedAtMs = 0;
    for (const name of job.spec.pullSecrets ?? []) {
      const result = await retried(() => this.#claimOne(job, name, signal));
      if ('problem' in result) problems.push(result.problem);
      else updatedAtMs = Math.max(updatedAtMs, updatedAtOf(result.mirror));
    }
    return { problems, updatedAtMs };
  }

  /**
   * Takes the job off its mirrors and deletes those that nobody uses any longer. A namespace that is gone has released them, and so has one
   * that no longer lets us in: who deletes a namespace deletes our role in it, too, and no job may hang on that (W20). Returns what was left.
   */
  async release(job: ImagePullJob, signal: AbortSignal): Promise<readonly string[]> {
    if (!needsMirrors(job)) return [];
    const problems: string[] = [];
    for (const name of job.spec.pullSecrets ?? []) {
      try {
        await retried(() => this.#releaseOne(job, name, signal));
      } catch (error) {
        if (!(isForbidden(error) || isNotFound(error))) throw error;
        if (isForbidden(error)) problems.push(error.message);
      }
    }
    return problems;
  }

  async #claimOne(
    job: ImagePullJob,
    name: string,
    signal: AbortSignal,
  ): Promise<{ mirror: Secret } | { problem: string }> {
    const namespace = job.metadata.namespace ?? '';
    const key = `${namespace}/${name}`;
    try {
      const source = await this.#client.get(SECRETS, { namespace, name }, { signal });
      if (source === undefined) return { problem: `secret ${key} does not exist` };
      const mirror = await this.#mirror(namespace, name, signal);
      if (mirror === undefined) return { mirror: await this.#create(source, [keyOf(job)], signal) };
      if (sourceOf(mirror) !== key) {
        return { problem: `secret ${keyOf(mirror)} is in the way of the copy of ${key}` };
      }
      return { mirror: await this.#adapt(mirror, source, keyOf(job), signal) };
    } catch (error) {
      const problem = expectedProblem(error, key);
      if (problem === undefined) throw error;
      return { problem };
    }
  }

  async #releaseOne(job: ImagePullJob, name: string, signal: AbortSignal): Promise<void> {
    const namespace = job.metadata.namespace ?? '';
    const mirror = await this.#mirror(namespace, name, signal);
    if (mirror === undefined || sourceOf(mirror) !== `${namespace}/${name}`) return;
    const references = new Set(referencesOf(mirror));
    references.delete(keyOf(job));
    if (references.size === 0) await this.#delete(mirror, signal);
    else if (references.size !== referencesOf(mirror).size) {
      await this.#annotate(mirror, { references }, signal);
    }
  }

  #mirror(namespace: string, name: string, signal: AbortSignal): Promise<Secret | undefined> {
    const mirror = { namespace: DAEMON_SECRETS_NAMESPACE, name: mirrorNameOf(namespace, name) };
    return this.#client.get(SECRETS, mirror, { signal });
  }

  #create(source: Secret, jobs: readonly ObjectKey[], signal: AbortSignal): Promise<Secret> {
    const mirror = mirrorOf(source, jobs, timestamp(this.#clock));
    return this.#client.create(SECRETS, mirror, { signal });
  }

  async #adapt(
    mirror: Secret,
    source: Secret,
    job: ObjectKey,
    signal: AbortSignal,
  ): Promise<Secret> {
    const references = new Set([...referencesOf(mirror), job]);
    if (mirror.type !== source.type) {
      // The type of a Secret is immutable.
      await this.#delete(mirror, signal);
      return this.#create(source, [...references], signal);
    }
    const data = source.data ?? {};
    if (!isDeepStrictEqual(data, mirror.data ?? {})) {
      return this.#annotate(mirror, { references, data }, signal);
    }
    if (references.size === referencesOf(mirror).size) return mirror;
    return this.#annotate(mirror, { references }, signal);
  }

  #annotate(
    mirror: Secret,
    change: { readonly references: Iterable<ObjectKey>; readonly data?: Secret['data'] },
    signal: AbortSignal,
  ): Promise<Secret> {
    const { name, namespace = '', resourceVersion, annotations } = mirror.metadata;
    const value = {
      ...annotations,
      [ANNOTATION_SECRET_REFERENCES]: renderReferences(change.references),
      ...(change.data ? { [ANNOTATION_SECRET_UPDATED]: timestamp(this.#clock) } : {}),
    };
    const patch: Patch = {
      type: 'json',
      operations: [
        { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
        { op: 'add', path: '/metadata/annotations', value },
        ...(change.data ? [{ op: 'add', path: '/data', value: change.data } as const] : []),
      ],
    };
    return this.#client.patch(SECRETS, { name, namespace }, patch, { signal });
  }

  async #delete(mirror: Secret, signal: AbortSignal): Promise<void> {
    const { name, namespace = '', uid = '', resourceVersion = '' } = mirror.metadata;
    const preconditions = { uid, resourceVersion };
    await this.#client.delete(SECRETS, { name, namespace }, { signal, preconditions });
  }
}

const sourceOf = (mirror: Secret): string | undefined =>
  mirror.metadata.annotations?.[ANNOTATION_SECRET_SOURCE];

const isForbidden = (error: unknown): error is KubeError =>
  error instanceof KubeError && error.status === 403;

/** What an operator can mend; pulls go on meanwhile. */
function expectedProblem(error: unknown, key: ObjectKey): string | undefined {
  if (isNotFound(error)) return `namespace ${DAEMON_SECRETS_NAMESPACE} does not exist`;
  if (isForbidden(error)) {
    return `secret ${key} can't be copied: ${error.message}`;
  }
  return undefined;
}

/** Starts over from what the API server has when another job wrote first. */
async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const raced = isConflict(error) || isAlreadyExists(error);
      if (!raced || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}
