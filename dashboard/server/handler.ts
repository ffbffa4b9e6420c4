import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Logger } from '../../runtime/log.ts';
import type { WorkloadRef } from '../wire/rows.ts';
import type { Story } from '../wire/story.ts';
import type { Access, Verdict } from './access.ts';
import { beginStream, refuse, send, sendJson } from './answer.ts';
import type { EventStreams } from './event-stream.ts';
import type { Feed } from './feed.ts';
import type { PageFile } from './page-files.ts';

export interface HandlerDeps {
  readonly page: ReadonlyMap<string, PageFile>;
  readonly access: Access;
  readonly feed: Feed;
  readonly streams: EventStreams;
  /** Undefined when there is no such workload. */
  readonly story: (workload: WorkloadRef, signal: AbortSignal) => Promise<Story | undefined>;
  readonly log: Logger;
}

type Route = (
  query: URLSearchParams,
  response: ServerResponse,
  deps: HandlerDeps,
) => void | Promise<void>;

/** Paths that tell something of the cluster: each is behind the access check. */
const DATA: ReadonlyMap<string, Route> = new Map([
  ['/api/events', streamEvents],
  ['/api/node', tellNode],
  ['/api/workload', tellWorkload],
]);

/** Serves the page and its data. Reads only: there is no path that changes anything. */
export function createHandler(deps: HandlerDeps): RequestListener {
  return (request, response) => {
    handle(request, response, deps).catch((err: unknown) => {
      deps.log.error('Dashboard request failed', { path: pathOf(request), err });
      if (response.headersSent) response.destroy();
      else refuse(response, 500, 'internal error; see the log of the manager');
    });
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  deps: HandlerDeps,
): Promise<void> {
  const path = pathOf(request);
  const file = deps.page.get(path);
  const route = DATA.get(path);
  if (file === undefined && route === undefined) return refuse(response, 404, 'no such path');
  if (request.method !== 'GET') {
    response.setHeader('Allow', 'GET');
    return refuse(response, 405, 'the dashboard only reads');
  }
  if (file !== undefined) return send(response, file);
  const verdict = await deps.access(request);
  if (verdict.kind !== 'granted') return turnAway(response, verdict);
  await route?.(queryOf(request), response, deps);
}

function turnAway(
  response: ServerResponse,
  { kind, message }: Exclude<Verdict, { readonly kind: 'granted' }>,
): void {
  const status = { unauthenticated: 401, forbidden: 403, unknown: 503 } as const;
  if (kind === 'unauthenticated') response.setHeader('WWW-Authenticate', 'Bearer');
  refuse(response, status[kind], message);
}

function streamEvents(_query: URLSearchParams, response: ServerResponse, deps: HandlerDeps): void {
  if (!deps.streams.hasRoom) return refuse(response, 503, 'too many look at the dashboard');
  beginStream(response);
  deps.streams.open(response);
}

function tellNode(query: URLSearchParams, response: ServerResponse, { feed }: HandlerDeps): void {
  const node = feed.node(query.get('name') ?? '');
  if (node === undefined) refuse(response, 404, 'no such node');
  else sendJson(response, node);
}

async function tellWorkload(
  query: URLSearchParams,
  response: ServerResponse,
  deps: HandlerDeps,
): Promise<void> {
  const text = (name: string): string => query.get(name) ?? '';
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  const workload = {
    group: text('group'),
    kind: text('kind'),
    namespace: text('namespace'),
    name: text('name'),
  };
  const story = await deps.story(workload, closed.signal);
  if (story === undefined) refuse(response, 404, 'no such workload');
  else sendJson(response, story);
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0] ?? '';
}

function queryOf(request: IncomingMessage): URLSearchParams {
  return new URLSearchParams((request.url ?? '').split('?').slice(1).join('?'));
}
