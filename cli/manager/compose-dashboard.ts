import type { Workload } from '../../api/workload.ts';
import { workloadKind } from '../../api/workload-kinds.ts';
import type { Informers } from '../../controllers/informers.ts';
import { loopbackAccess } from '../../dashboard/server/access.ts';
import { createDashboard } from '../../dashboard/server/dashboard.ts';
import { readPageFiles } from '../../dashboard/server/page-files.ts';
import type { StoryDeps } from '../../dashboard/server/story.ts';
import { tokenAccess } from '../../dashboard/server/token-access.ts';
import type { WorkloadRef } from '../../dashboard/wire/rows.ts';
import { HeadstartError } from '../../runtime/errors.ts';
import { createHttpServer, type HttpServer } from '../../runtime/http-server.ts';
import type { Runnable } from '../../runtime/lifecycle.ts';
import type { TlsSource } from '../../webhook/server.ts';
import { whyReport } from '../plugin/why-report.ts';
import { readStory } from '../plugin/workload-story.ts';
import { serverPart } from '../server-part.ts';
import { VERSION } from '../version.ts';
import type { ManagerDeps } from './compose-manager.ts';
import type { DashboardOptions, ManagerOptions } from './options.ts';

/** The parts of the dashboard; none when it is off. */
export interface DashboardParts {
  readonly parts: readonly Runnable[];
  /** 0 while it does not listen. */
  readonly port: number;
}

/** People look on, nobody else: few connections are many. */
const MAX_CONNECTIONS = 200;
/** Streams end with the process; what else runs takes a moment. */
const DRAIN_MS = 2000;

/** Wires the dashboard. Loopback is for `kubectl port-forward`; on any other address it speaks TLS and asks for a token. */
export function composeDashboard(
  options: Pick<ManagerOptions, 'dashboard' | 'maxPullsPerRegistry'>,
  deps: ManagerDeps,
  { informers, tls }: { readonly informers: Informers; readonly tls: TlsSource },
): DashboardParts {
  const { dashboard: place, maxPullsPerRegistry } = options;
  if (place === undefined) return { parts: [], port: 0 };
  const dashboard = createDashboard(
    { maxPullsPerRegistry, version: VERSION },
    {
      ...deps,
      caches: informers,
      page: readPageFiles(place.page),
      access: isLoopback(place) ? loopbackAccess : tokenAccess(deps),
      why: whyFrom(deps),
    },
  );
  const server = dashboardServer(place, { ...deps, tls, handler: dashboard.handler });
  return {
    get port() {
      return server.port;
    },
    parts: [
      serverPart('dashboard', server),
      { name: 'dashboard streams', run: signal => dashboard.run(signal) },
    ],
  };
}

function isLoopback({ host }: DashboardOptions): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function dashboardServer(
  { host, port, ...place }: DashboardOptions,
  deps: ManagerDeps & {
    readonly tls: TlsSource;
    readonly handler: Parameters<typeof createHttpServer>[1]['handler'];
  },
): Pick<HttpServer, 'start' | 'stop' | 'port'> {
  const { tls, log } = deps;
  const isSecure = !isLoopback({ host, port, ...place });
  const options = { host, port, maxConnections: MAX_CONNECTIONS, drainMs: DRAIN_MS };
  let server: HttpServer | undefined;
  let forget = (): void => {};
  return {
    start: async () => {
      const pair = isSecure ? { tls: tls.current() } : {};
      const started = createHttpServer({ ...options, ...pair }, deps);
      server = started;
      if (isSecure) forget = tls.onChange(() => started.setTls(tls.current()));
      await started.start();
      log.info('Dashboard started', { host, port: started.port });
    },
    stop: async () => {
      forget();
      await server?.stop();
    },
    get port() {
      return server?.port ?? 0;
    },
  };
}

/** The answer of `kubectl headstart why`, with the rights of the manager. */
function whyFrom({ client, log }: ManagerDeps): StoryDeps['why'] {
  const note = (line: string): void => log.debug('Left something out of a story', { line });
  return async (ref: WorkloadRef, workload: Workload, signal: AbortSignal) => {
    const kind = workloadKind(ref);
    if (kind === undefined) {
      throw new HeadstartError('TERMINAL', `${ref.kind}.${ref.group} is no workload we know`);
    }
    return whyReport(await readStory({ kind, workload }, { client, signal, note }));
  };
}
