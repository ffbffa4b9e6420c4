import { describe, failureOfStatus } from '../../kube/request-failure.ts';
import type { TransportRequest } from '../../kube/transport.ts';
import type { Backend } from './backend.ts';
import type { RawRequest } from './http/raw-request.ts';
import type { Reply } from './http/reply.ts';
import { route } from './http/router.ts';
import { ADMIN } from './http/user.ts';
import { ApiError } from './status/api-error.ts';

const NEVER = new AbortController().signal;

/** Hands a request to a backend in this process, past HTTP. Answers are the stored objects themselves: nobody may change them. */
export async function requestDirectly(
  backend: Backend,
  request: TransportRequest,
): Promise<unknown> {
  try {
    return answerOf(request, await route(rawRequest(backend, request)));
  } catch (error) {
    throw error instanceof ApiError ? failureOfStatus(describe(request), error.body) : error;
  }
}

function rawRequest(
  backend: Backend,
  { method, path, body, contentType = 'application/json' }: TransportRequest,
): RawRequest {
  const [pathname = '', query = ''] = path.split('?', 2);
  return {
    backend,
    method,
    path: pathname,
    query: new URLSearchParams(query),
    body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
    contentType,
    accept: '',
    userAgent: '',
    user: ADMIN,
    signal: NEVER,
    warn: () => {},
  };
}

function answerOf(request: TransportRequest, reply: Reply): unknown {
  if ('json' in reply) return reply.json;
  if ('bytes' in reply && reply.code < 400) return reply.bytes.toString();
  const code = 'bytes' in reply ? reply.code : 400;
  throw failureOfStatus(describe(request), { code, message: 'not an answer in JSON' });
}
