import type { ServerResponse } from 'node:http';
import express, {
  type Express,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import type { Metrics } from '../runtime/metrics.ts';
import type { HandlerDeps } from './admission.ts';
import { type Answer, failureAnswer } from './answer.ts';
import { Load } from './load.ts';
import type { BodyLimits } from './read-body.ts';
import type { Route } from './routes.ts';
import { serveReview } from './serve-review.ts';
import { createWebhookMetrics, type RecordAnswer } from './webhook-metrics.ts';

/**
 * One API server has 600 requests in flight at most (its default), mutating ones 200, and few of them change our kinds. More
 * than this means that bodies hang or this process is starved; the API server goes on without us (failurePolicy Ignore).
 */
const MAX_IN_FLIGHT = 512;
const MAX_THAT_CAN_WAIT = 256;

export interface AppDeps extends HandlerDeps {
  readonly metrics: Metrics;
}

/** The express application: a POST path for each route, two probes, and a clear answer to everything else. */
export function createApp(routes: readonly Route[], limits: BodyLimits, deps: AppDeps): Express {
  const app = express();
  const shared = {
    ...deps,
    load: new Load(deps.metrics),
    record: createWebhookMetrics(deps.metrics),
  };
  app.disable('etag').disable('x-powered-by');
  app.enable('strict routing').enable('case sensitive routing');
  app.use(reviews(routes, limits, shared));
  for (const path of ['/healthz', '/readyz']) {
    app.get(path, (_request, response) => response.type('text/plain').send('ok\n'));
    app.all(path, only('GET'));
  }
  app.use((_request, response) => send(response, failureAnswer(404, 'refused', 'no such path')));
  app.use(onError(deps));
  return app;
}

/** One look at the path instead of one at each route: express tries them in turn. */
function reviews(routes: readonly Route[], limits: BodyLimits, deps: ReviewDeps): RequestHandler {
  const handlers = new Map(
    routes.map(route => [route.path, reviewHandler(route, limits, deps)] as const),
  );
  return (request, response, next) => {
    const handler = handlers.get(request.path);
    if (handler === undefined) return next();
    if (request.method !== 'POST') return only('POST')(request, response);
    return handler(request, response);
  };
}

interface ReviewDeps extends AppDeps {
  readonly load: Load;
  readonly record: RecordAnswer;
}

function reviewHandler(route: Route, limits: BodyLimits, deps: ReviewDeps) {
  return async (request: Request, response: Response): Promise<void> => {
    const startedMs = deps.clock.monotonicMs();
    const answer = await answerWithinLoad(route, request, limits, deps);
    if (answer === undefined) return;
    send(response, answer);
    const durationMs = deps.clock.monotonicMs() - startedMs;
    deps.record(route.name, answer, durationMs);
    const { code, result, asked } = answer;
    deps.log.debug('Admission answered', {
      webhook: route.name,
      code,
      result,
      durationMs,
      ...asked,
    });
  };
}

async function answerWithinLoad(
  route: Route,
  request: Request,
  limits: BodyLimits,
  deps: ReviewDeps,
): Promise<Answer | undefined> {
  const leave = deps.load.enter(route.canWait ? MAX_THAT_CAN_WAIT : MAX_IN_FLIGHT);
  if (leave === undefined) {
    return { ...failureAnswer(503, 'shed', 'too many admissions at once'), close: true };
  }
  try {
    return await serveReview(route, request, limits, deps);
  } finally {
    leave();
  }
}

const only =
  (method: string) =>
  (_request: Request, response: Response): void => {
    response.setHeader('Allow', method);
    send(response, failureAnswer(405, 'refused', `only ${method} is served here`));
  };

function send(response: ServerResponse, { code, text, close = false }: Answer): void {
  if (close) response.setHeader('Connection', 'close');
  response.writeHead(code, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
}

/** express knows an error handler by its four parameters. */
function onError({ log }: AppDeps) {
  return (error: unknown, request: Request, response: Response, _next: NextFunction): void => {
    log.error('Request failed', { path: request.path, err: error });
    if (response.headersSent) {
      response.destroy();
      return;
    }
    send(response, failureAnswer(500, 'errored', 'internal error'));
  };
}
