import { KubeError } from '../../kube/kube-error.ts';
import type { Session } from './session.ts';

/** 403: the user may not do that. */
export function isForbidden(error: unknown): error is KubeError {
  return error instanceof KubeError && error.status === 403;
}

/** What `read` gives, or undefined, with a note, when the user may not read it. */
export async function ifReadable<T>(
  what: string,
  read: Promise<T>,
  { note }: Pick<Session, 'note'>,
): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (!isForbidden(error)) throw error;
    note(`note: you may not read ${what}; what they would tell is left out`);
    return undefined;
  }
}
