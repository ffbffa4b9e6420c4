import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { HandlerDeps } from './admission.ts';
import { admit } from './admit.ts';
import { type Answer, failureAnswer } from './answer.ts';
import { type BodyLimits, readBody } from './read-body.ts';
import type { Route } from './routes.ts';

/** Reads one HTTP request and answers it; undefined when the client went away. */
export async function serveReview(
  route: Route,
  request: IncomingMessage,
  limits: BodyLimits,
  deps: HandlerDeps,
): Promise<Answer | undefined> {
  const problem = contentProblem(request);
  if (problem !== undefined) return failureAnswer(415, 'refused', problem);
  const body = await readBody(request, limits, deps.clock);
  switch (body.type) {
    case 'aborted':
      return undefined;
    case 'too-large':
      return failureAnswer(413, 'refused', `the body is larger than ${limits.maxBytes} bytes`);
    case 'too-late':
      return {
        ...failureAnswer(408, 'refused', `the body did not arrive within ${limits.deadlineMs} ms`),
        close: true,
      };
    case 'read':
      return answerBytes(route, body.bytes, deps);
  }
}

function contentProblem({ headers }: IncomingMessage): string | undefined {
  const [type = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  if (type.trim() !== 'application/json') return 'the content type must be application/json';
  const charset = parameters.map(text => text.trim()).find(text => text.startsWith('charset='));
  if (charset !== undefined && !/^charset="?utf-8"?$/.test(charset)) {
    return 'the charset must be utf-8';
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  return encoding === 'identity' ? undefined : 'the body must not be compressed';
}

function answerBytes(route: Route, bytes: Buffer, deps: HandlerDeps): Answer {
  if (bytes.length === 0) return failureAnswer(400, 'refused', 'the body is empty');
  if (!isUtf8(bytes)) return failureAnswer(400, 'refused', 'the body is not UTF-8');
  let body: unknown;
  try {
    body = JSON.parse(bytes.toString('utf8'));
  } catch {
    // The engine's message quotes the body, which may hold anything.
    return failureAnswer(400, 'refused', 'the body is not JSON');
  }
  return admit(route, body, deps);
}
