import { Agent, request } from 'node:https';
import { asObject, type JsonObject } from '../../../sim/api-server/objects/json.ts';
import type { ApiServer } from '../../../sim/api-server/start-api-server.ts';

export const MERGE = 'application/merge-patch+json';
export const JSON_PATCH = 'application/json-patch+json';
export const STRATEGIC = 'application/strategic-merge-patch+json';
export const APPLY = 'application/apply-patch+yaml';
export const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

/** An answer. */
export interface Answer {
  readonly status: number;
  /** The body when it is a JSON object. */
  readonly json: JsonObject;
  readonly text: string;
  readonly warnings: readonly string[];
}

export interface CallOptions {
  /** Sent as it is when it is text, otherwise as JSON. */
  readonly body?: unknown;
  readonly type?: string;
  readonly accept?: string;
  readonly token?: string;
}

/** Keeps connections open: a TLS handshake takes longer than most requests. Servers close theirs when they stop. */
const agent = new Agent({ keepAlive: true });

/** Sends `METHOD /path` to a server. */
export function call(
  server: Pick<ApiServer, 'url' | 'caPem'>,
  line: string,
  options: CallOptions = {},
): Promise<Answer> {
  const [method = 'GET', path = '/'] = line.split(' ');
  const { body, type = 'application/json', accept = 'application/json', token } = options;
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${server.url}${path}`,
      {
        method,
        ca: server.caPem,
        agent,
        headers: {
          Accept: accept,
          'User-Agent': 'tester/1.0',
          ...(payload === undefined
            ? {}
            : { 'Content-Type': type, 'Content-Length': Buffer.byteLength(payload) }),
          ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        },
      },
      response => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('error', reject);
        response.on('end', () => {
          const warnings = response.headersDistinct['warning'] ?? [];
          resolve({ status: response.statusCode ?? 0, json: parse(text), text, warnings });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(payload);
  });
}

function parse(text: string): JsonObject {
  try {
    return asObject(JSON.parse(text));
  } catch {
    // Watches and plain texts are read from `text`.
    return {};
  }
}

/** The documents of a watch stream that has ended. */
export function linesOf({ text }: Answer): readonly JsonObject[] {
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => asObject(JSON.parse(line)));
}
