import type { ImageSpec, ImageTagStatus } from '../../api/node-image.ts';
import type { PullAnswer } from './scripted-runtime.ts';

/** What happens, or what must be so then. */
export type DaemonStep =
  | { readonly seconds: number }
  /** How the runtime answers pulls of an image. */
  | { readonly registry: string; readonly answer: PullAnswer }
  /** A mirror as the job controller makes it: a registry, a user, the jobs it is for. */
  | { readonly secret: string; readonly auths: object; readonly references?: string }
  /** The manager puts the whole spec. */
  | { readonly wants: Readonly<Record<string, ImageSpec>> }
  /** The manager puts a whole status itself. */
  | { readonly declares: Readonly<Record<string, readonly ImageTagStatus[]>> }
  | { readonly restarts: true }
  /** All of `status.imageStatuses`, as the manager decodes it; times and ids stand for themselves. */
  | { readonly reports: Readonly<Record<string, readonly object[]>> }
  /** The images of all calls of PullImage so far, with user and what the runtime was told. */
  | { readonly pulled: readonly (string | object)[] }
  | { readonly cancelled: readonly string[] };

/** A recorded exchange. `sections`: of the description of OpenKruise that it follows. */
export interface DaemonSequence {
  readonly title: string;
  readonly sections: string;
  readonly steps: readonly DaemonStep[];
}

/** Seconds after the start of each sequence, as the clock of the test has them. */
export const at = (seconds: number): string =>
  new Date(Date.parse('2026-01-01T00:00:00Z') + seconds * 1_000).toISOString().replace('.000', '');

const IMAGE_ID = `nginx@sha256:${'0f'.repeat(32)}`;
/** A digest reference's tag. */
export const DIGEST = `sha256:${'4b'.repeat(32)}`;

/** A job as the owner of an entry. */
export const owner = (name: string, namespace = 'default') => ({
  apiVersion: 'apps.kruise.io/v1beta1',
  kind: 'ImagePullJob',
  namespace,
  name,
  uid: `uid-${name}`,
});

/** An entry as OpenKruise's job controller and webhook leave it: no `owners`, a deadline only if the job has one. */
export const entry = (tag: string, version = 0) =>
  ({
    tag,
    createdAt: at(0),
    pullPolicy: { timeoutSeconds: 600, backoffLimit: 3, ttlSecondsAfterFinished: 2_314 },
    ownerReferences: [owner('warm')],
    version,
    imagePullPolicy: 'IfNotPresent',
  }) as const;

/** nginx:1.27 in the queue of its node. */
export const waiting = { tag: '1.27', version: 0, phase: 'Waiting' };
/** nginx:1.27 since the start. */
export const pulling = { tag: '1.27', version: 0, phase: 'Pulling', startTime: at(0) };
/** nginx:1.27, pulled. */
export const succeeded = (version: number, startTime: string, completionTime: string) => ({
  tag: '1.27',
  version,
  phase: 'Succeeded',
  progress: 100,
  startTime,
  completionTime,
  imageID: IMAGE_ID,
});

/** Where daemons may read secrets. */
export const SECRETS = 'kruise-daemon-config';
