import { asObject } from '../objects/json.ts';
import { badRequest } from '../status/api-error.ts';

/** Where a paged list goes on: after `after`, in the state of `revision`. */
export interface ContinueToken {
  readonly revision: number;
  readonly after: string;
}

/** The opaque text of a token. */
export function encodeContinueToken({ revision, after }: ContinueToken): string {
  const text = JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: `${after}\0` });
  return Buffer.from(text).toString('base64url');
}

/** Reads a token; a malformed one is the client's fault (400). */
export function decodeContinueToken(text: string): ContinueToken {
  const { rv, start } = asObject(parse(Buffer.from(text, 'base64url').toString()));
  if (typeof rv === 'number' && typeof start === 'string') {
    return { revision: rv, after: start.slice(0, -1) };
  }
  throw badRequest('invalid continue token: continue key is not valid');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Told to the client by the caller, as any other malformed token.
    return undefined;
  }
}
