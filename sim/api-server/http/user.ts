import { ApiError } from '../status/api-error.ts';

/** Who sends a request (authentication.k8s.io UserInfo). */
export interface UserInfo {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** Who everyone is when no users are configured: the server listens on loopback only. */
export const ADMIN: UserInfo = {
  username: 'kubernetes-admin',
  groups: ['system:masters', 'system:authenticated'],
};

/**
 * Finds out who sent a request. Users are known by their bearer tokens; without a token, or without configured users, everyone is
 * {@link ADMIN}. An unknown token is refused (401).
 */
export function authenticate(
  authorization: string | undefined,
  users: ReadonlyMap<string, UserInfo>,
): UserInfo {
  const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
  if (token === undefined || users.size === 0) return ADMIN;
  const user = users.get(token);
  if (user === undefined) throw new ApiError(401, 'Unauthorized', { reason: 'Unauthorized' });
  return user;
}
