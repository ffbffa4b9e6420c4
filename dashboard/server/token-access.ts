import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { KubeObject } from '../../api/meta.ts';
import { resource } from '../../api/resource.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Access, Verdict } from './access.ts';

/** What a user has to be allowed: `get` on this path, as a rule with `nonResourceURLs` grants it. */
export const DASHBOARD_PATH = '/headstart/dashboard';

/** The API server's proxy keeps Authorization for itself; this header gets through. In lower case, as node gives headers. */
export const TOKEN_HEADER = 'headstart-token';

const TOKEN_REVIEWS = resource<TokenReview>({
  group: 'authentication.k8s.io',
  version: 'v1',
  plural: 'tokenreviews',
  kind: 'TokenReview',
  namespaced: false,
});
const SUBJECT_ACCESS_REVIEWS = resource<SubjectAccessReview>({
  group: 'authorization.k8s.io',
  version: 'v1',
  plural: 'subjectaccessreviews',
  kind: 'SubjectAccessReview',
  namespaced: false,
});

interface User {
  readonly username?: string;
  readonly uid?: string;
  readonly groups?: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

interface TokenReview extends KubeObject {
  readonly spec: { readonly token: string };
  readonly status?: { readonly authenticated?: boolean; readonly user?: User };
}

interface SubjectAccessReview extends KubeObject {
  readonly spec: {
    readonly user?: string;
    readonly uid?: string;
    readonly groups?: readonly string[];
    readonly extra?: Readonly<Record<string, readonly string[]>>;
    readonly nonResourceAttributes: { readonly path: string; readonly verb: string };
  };
  readonly status?: { readonly allowed?: boolean };
}

/** A verdict holds so long: taking a right away works within this, and a page costs the API server little. */
const REMEMBER_MS = 30_000;
/** Verdicts that are remembered at once. */
const MAX_VERDICTS = 500;
const DEADLINE_MS = 5000;
/** Reviews take a name from nobody. */
const NO_METADATA = { name: '' };

export interface TokenAccessDeps {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Asks the API server who brings the token, and whether that user may `get` {@link DASHBOARD_PATH}. */
export function tokenAccess(deps: TokenAccessDeps): Access {
  const known = new Map<string, { readonly untilMs: number; readonly verdict: Verdict }>();
  return async request => {
    const token = tokenOf(request);
    if (token === undefined) return { kind: 'unauthenticated', message: 'a token is needed' };
    const key = createHash('sha256').update(token).digest('base64');
    const nowMs = deps.clock.monotonicMs();
    const remembered = known.get(key);
    if (remembered !== undefined && remembered.untilMs > nowMs) return remembered.verdict;
    const verdict = await judge(token, deps);
    if (verdict.kind === 'unknown') return verdict;
    if (known.size >= MAX_VERDICTS) known.clear();
    known.set(key, { untilMs: nowMs + REMEMBER_MS, verdict });
    return verdict;
  };
}

function tokenOf({ headers }: IncomingMessage): string | undefined {
  const own = headers[TOKEN_HEADER];
  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const token = bearer ?? (typeof own === 'string' ? own.trim() : '');
  return token === '' ? undefined : token;
}

async function judge(token: string, deps: TokenAccessDeps): Promise<Verdict> {
  try {
    const user = await userOf(token, deps);
    if (user === undefined) {
      return { kind: 'unauthenticated', message: 'the API server does not know this token' };
    }
    if (await mayLook(user, deps)) return { kind: 'granted' };
    const message = `${user.username ?? 'this user'} may not get ${DASHBOARD_PATH}`;
    return { kind: 'forbidden', message };
  } catch (err) {
    deps.log.warn('Failed to review a token', { err });
    return { kind: 'unknown', message: 'the token could not be reviewed; see the log' };
  }
}

async function userOf(token: string, { client }: TokenAccessDeps): Promise<User | undefined> {
  const { status } = await client.create<TokenReview>(
    TOKEN_REVIEWS,
    { metadata: NO_METADATA, spec: { token } },
    { deadlineMs: DEADLINE_MS },
  );
  return status?.authenticated === true ? (status.user ?? {}) : undefined;
}

async function mayLook(user: User, { client }: TokenAccessDeps): Promise<boolean> {
  const { username, ...others } = user;
  const spec = {
    ...(username === undefined ? {} : { user: username }),
    ...others,
    nonResourceAttributes: { path: DASHBOARD_PATH, verb: 'get' },
  };
  const review = { metadata: NO_METADATA, spec };
  const { status } = await client.create<SubjectAccessReview>(SUBJECT_ACCESS_REVIEWS, review, {
    deadlineMs: DEADLINE_MS,
  });
  return status?.allowed === true;
}
