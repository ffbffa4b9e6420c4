import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { describeError } from '../../../runtime/errors.ts';
import type { Backend } from '../backend.ts';
import { ApiError } from '../status/api-error.ts';
import { readBody } from './body.ts';
import type { RawRequest } from './raw-request.ts';
import { replyToError, send } from './reply.ts';
import { route } from './router.ts';
import { authenticate, type UserInfo } from './user.ts';

/** Answers HTTP requests from a backend. */
export interface ApiListener {
  readonly handle: RequestListener;
  /** Ends watches and gives up waiting for webhooks. */
  endAll(): void;
}

/** Makes the listener. Whatever goes wrong becomes a Status; nothing a client sends ends the process. */
export function createApiListener(
  backend: Backend,
  users: ReadonlyMap<string, UserInfo>,
): ApiListener {
  const open = new Set<AbortController>();

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const abort = new AbortController();
    open.add(abort);
    response.once('close', () => {
      open.delete(abort);
      if (!response.writableFinished) abort.abort();
    });
    const warnings: string[] = [];
    try {
      const user = authenticate(request.headers.authorization, users);
      const body = await readBody(request);
      const warn = (text: string): unknown => warnings.push(text);
      const known = { backend, user, body, signal: abort.signal, warn };
      const reply = await route(rawRequest(request, known));
      if (!response.destroyed) send(response, reply, warnings);
    } catch (error) {
      refuse(request, response, error);
    }
  };

  const refuse = (request: IncomingMessage, response: ServerResponse, error: unknown): void => {
    // A client that hung up in the middle of its body is nobody's bug.
    if (response.destroyed) return;
    if (!(error instanceof ApiError)) {
      const { method, url } = request;
      backend.log.error('Failed to answer a request', { method, url, err: describeError(error) });
    }
    if (!response.headersSent) send(response, replyToError(error), []);
  };

  return {
    handle: (request, response) => void answer(request, response),
    endAll: () => {
      for (const abort of open) abort.abort();
    },
  };
}

type Known = Pick<RawRequest, 'backend' | 'user' | 'body' | 'signal' | 'warn'>;

function rawRequest(request: IncomingMessage, known: Known): RawRequest {
  const { method = 'GET', url = '/', headers } = request;
  const mark = url.indexOf('?');
  return {
    ...known,
    method,
    path: mark < 0 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
    contentType: (headers['content-type'] ?? '').split(';')[0]?.trim() ?? '',
    accept: headers.accept ?? '',
    userAgent: headers['user-agent'] ?? '',
  };
}
