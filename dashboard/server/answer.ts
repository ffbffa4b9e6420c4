import type { ServerResponse } from 'node:http';

/**
 * Nothing but what this server gives: no script in the page itself, no other origin, no frame around it, no form that sends anything.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

const SECURITY_HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Cache-Control': 'no-store',
} as const;

/** Sends a whole answer. */
export function send(
  response: ServerResponse,
  { status = 200, type, body }: { status?: number; type: string; body: string | Buffer },
): void {
  response.writeHead(status, {
    ...SECURITY_HEADERS,
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** Sends JSON. */
export function sendJson(response: ServerResponse, value: object): void {
  send(response, { type: 'application/json', body: JSON.stringify(value) });
}

/** Sends a refusal, a line for people. */
export function refuse(response: ServerResponse, status: number, message: string): void {
  send(response, { status, type: 'text/plain; charset=utf-8', body: `${message}\n` });
}

/** Begins a stream of server-sent events. */
export function beginStream(response: ServerResponse): void {
  response.writeHead(200, {
    ...SECURITY_HEADERS,
    'Content-Type': 'text/event-stream',
    // nginx in front of it would gather the messages.
    'X-Accel-Buffering': 'no',
  });
}
