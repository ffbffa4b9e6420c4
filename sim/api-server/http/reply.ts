import type { ServerResponse } from 'node:http';
import { describeError } from '../../../runtime/errors.ts';
import { ApiError, internalError } from '../status/api-error.ts';

/** What a handler answers: a document, or a stream that it writes itself. */
export type Reply =
  | { readonly code: number; readonly json: unknown; readonly contentType?: string }
  | { readonly code: number; readonly bytes: string | Buffer; readonly contentType: string }
  | { readonly stream: (response: ServerResponse) => void };

/** 200 with a document. */
export function ok(json: unknown): Reply {
  return { code: 200, json };
}

/** The plain 404 of kube-apiserver for paths that it does not know; kubectl understands it as a missing resource type. */
export const UNKNOWN_PATH: Reply = {
  code: 404,
  bytes: '404 page not found\n',
  contentType: 'text/plain; charset=utf-8',
};

/** What a client gets for a handler that threw. A bug is a 500 without its stack. */
export function replyToError(error: unknown): Reply {
  const refused = error instanceof ApiError ? error : internalError(describeError(error));
  return { code: refused.body.code, json: refused.body };
}

/** Sends a reply with its warnings (RFC 7234, code 299), each in a header of its own. */
export function send(response: ServerResponse, reply: Reply, warnings: readonly string[]): void {
  if (warnings.length > 0) response.setHeader('Warning', warnings.map(warningHeader));
  if ('stream' in reply) {
    reply.stream(response);
    return;
  }
  const isJson = 'json' in reply;
  const payload = isJson ? `${JSON.stringify(reply.json)}\n` : reply.bytes;
  const contentType = reply.contentType ?? 'application/json';
  response.writeHead(reply.code, {
    'Content-Type': contentType,
    'Content-Length': Buffer.byteLength(payload),
    'Cache-Control': 'no-cache, private',
  });
  response.end(payload);
}

function warningHeader(text: string): string {
  const quoted = text.replace(/[\\"]/g, '\\$&').replace(/[^\x20-\x7e]/g, '?');
  return `299 - "${quoted}"`;
}
