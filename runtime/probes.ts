import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { describeError } from './errors.ts';
import type { Metrics } from './metrics.ts';

/** Says what is wrong, in a few words for people, or undefined when all is well. */
export type Check = () => string | undefined | Promise<string | undefined>;

export interface ProbesOptions {
  /** Asked by `/healthz`: what only a restart can mend. */
  readonly live: Readonly<Record<string, Check>>;
  /** Asked by `/readyz`: what must hold before requests are sent here. */
  readonly ready: Readonly<Record<string, Check>>;
}

/** Serves `/healthz`, `/readyz` and `/metrics`. An answer lists every check; one that fails makes it a 503. */
export function createProbes(
  options: ProbesOptions,
  deps: { readonly metrics: Metrics },
): RequestListener {
  const routes: Record<string, (response: ServerResponse) => Promise<void>> = {
    '/healthz': response => answerChecks(response, options.live),
    '/readyz': response => answerChecks(response, options.ready),
    '/metrics': async response => {
      const text = await deps.metrics.exposition();
      send(response, 200, text, 'text/plain; version=0.0.4; charset=utf-8');
    },
  };
  return (request, response) => {
    const route = routes[pathOf(request)];
    if (route === undefined) return send(response, 404, 'not found\n');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return send(response, 405, 'only GET\n');
    }
    route(response).catch((error: unknown) => send(response, 500, `${describeError(error)}\n`));
  };
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? '';
}

async function answerChecks(
  response: ServerResponse,
  checks: Readonly<Record<string, Check>>,
): Promise<void> {
  const problems = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => ({ name, problem: await ask(check) })),
  );
  const lines = problems.map(({ name, problem }) =>
    problem === undefined ? `[+]${name} ok\n` : `[-]${name}: ${problem}\n`,
  );
  const failed = problems.some(({ problem }) => problem !== undefined);
  send(response, failed ? 503 : 200, lines.join('') || 'ok\n');
}

async function ask(check: Check): Promise<string | undefined> {
  try {
    return await check();
  } catch (error) {
    return describeError(error);
  }
}

function send(response: ServerResponse, status: number, text: string, type = 'text/plain'): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}
