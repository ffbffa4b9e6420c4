import type { Secret } from '../../api/core.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import type { ObjectKey } from '../../api/meta.ts';
import {
  ANNOTATION_SECRET_MODE,
  ANNOTATION_SECRET_REFERENCES,
  ANNOTATION_SECRET_SOURCE,
  ANNOTATION_SECRET_UPDATED,
  DAEMON_SECRETS_NAMESPACE,
  SECRET_MODE_BATCH,
} from '../../api/names.ts';
import type { PullSecretReference } from '../../api/node-image.ts';
import { hashOf } from '../../api/short-name.ts';

/** Room for the hash in a name of 63 characters. */
const READABLE_CHARACTERS = 40;

/**
 * Daemons may read Secrets in one namespace only, so pull secrets are mirrored there: one copy for each source,
 * under a name that follows from the source, so that two jobs never make two.
 */
export function mirrorNameOf(namespace: string, name: string): string {
  return `${name.slice(0, READABLE_CHARACTERS).replace(/[^a-z0-9]+$/, '')}-${hashOf(namespace, name)}`;
}

/** True when the job's secrets have to be mirrored; a job beside the daemons is read where it is. */
export function needsMirrors(job: ImagePullJob): boolean {
  const secrets = job.spec.pullSecrets ?? [];
  return secrets.length > 0 && job.metadata.namespace !== DAEMON_SECRETS_NAMESPACE;
}

/** How NodeImages name the job's secrets, whether or not the sources exist yet. */
export function mirrorReferences(job: ImagePullJob): readonly PullSecretReference[] {
  const namespace = job.metadata.namespace ?? '';
  const names = job.spec.pullSecrets ?? [];
  if (!needsMirrors(job)) return names.map(name => ({ namespace, name }));
  return names.map(name => ({
    namespace: DAEMON_SECRETS_NAMESPACE,
    name: mirrorNameOf(namespace, name),
    mode: SECRET_MODE_BATCH,
  }));
}

/** The jobs that use a mirror. */
export function referencesOf(mirror: Secret): ReadonlySet<ObjectKey> {
  const text = mirror.metadata.annotations?.[ANNOTATION_SECRET_REFERENCES] ?? '';
  return new Set(text.split(',').filter(key => key !== ''));
}

/** The annotation value that lists `jobs`. */
export function renderReferences(jobs: Iterable<ObjectKey>): string {
  return [...jobs].sort().join(',');
}

/** Milliseconds since the epoch when the credentials of a mirror last changed; 0 when unknown. */
export function updatedAtOf(mirror: Secret): number {
  return Date.parse(mirror.metadata.annotations?.[ANNOTATION_SECRET_UPDATED] ?? '') || 0;
}

/** A mirror of `source` for `jobs`: data and type only, because foreign labels and annotations would make others act on it. */
export function mirrorOf(source: Secret, jobs: Iterable<ObjectKey>, now: string): Secret {
  const { name, namespace = '' } = source.metadata;
  return {
    metadata: {
      name: mirrorNameOf(namespace, name),
      namespace: DAEMON_SECRETS_NAMESPACE,
      annotations: {
        [ANNOTATION_SECRET_SOURCE]: `${namespace}/${name}`,
        [ANNOTATION_SECRET_REFERENCES]: renderReferences(jobs),
        [ANNOTATION_SECRET_MODE]: SECRET_MODE_BATCH,
        [ANNOTATION_SECRET_UPDATED]: now,
      },
    },
    ...(source.type === undefined ? {} : { type: source.type }),
    data: source.data ?? {},
  };
}
