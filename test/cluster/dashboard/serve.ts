import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { composeDashboard } from '../../../cli/manager/compose-dashboard.ts';
import type { KubeClient } from '../../../kube/kube-client.ts';
import { systemClock } from '../../../runtime/clock.ts';
import { runLifecycle } from '../../../runtime/lifecycle.ts';
import { silentLogger } from '../../../runtime/log.ts';
import { noMetrics } from '../../../runtime/metrics.ts';
import { buildDashboard } from '../../../scripts/build-dashboard.mjs';
import type { TlsSource } from '../../../webhook/server.ts';
import { runCaches } from '../../dashboard/stage.ts';

/** The page, built from the present sources. */
export interface BuiltPage extends AsyncDisposable {
  readonly folder: URL;
}

/** Builds the page into a folder of its own. */
export async function buildPage(): Promise<BuiltPage> {
  const path = await mkdtemp(join(tmpdir(), 'headstart-page-'));
  await buildDashboard(path);
  return {
    folder: pathToFileURL(`${path}/`),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

export interface ServeOptions {
  readonly page: URL;
  /** Default 127.0.0.1, which asks for no token. */
  readonly host?: string;
  /** Default: a free one. */
  readonly port?: number;
  readonly tls?: TlsSource;
}

/** A dashboard as the manager composes it, on the caches of a replica that does not lead. */
export interface ServedDashboard extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
}

const NO_TLS: TlsSource = {
  current: () => {
    throw new Error('loopback needs no certificate');
  },
  onChange: () => () => {},
};

/** Serves the dashboard of the cluster behind `client`. */
export async function serveDashboard(
  client: KubeClient,
  { page, host = '127.0.0.1', port = 0, tls = NO_TLS }: ServeOptions,
): Promise<ServedDashboard> {
  const running = await runCaches(client, systemClock);
  const deps = { client, clock: systemClock, log: silentLogger, metrics: noMetrics };
  const dashboard = composeDashboard(
    { dashboard: { host, port, page }, maxPullsPerRegistry: 900 },
    { ...deps, random: Math.random, identity: 'test' },
    { informers: running.caches, tls },
  );
  const abort = new AbortController();
  const lifecycle = { groups: [dashboard.parts], stopTimeoutMs: 5000 };
  const serving = runLifecycle(lifecycle, deps, abort.signal);
  while (dashboard.port === 0) await systemClock.sleep(10);
  const scheme = tls === NO_TLS ? 'http' : 'https';
  return {
    url: `${scheme}://${host}:${dashboard.port}/`,
    port: dashboard.port,
    [Symbol.asyncDispose]: async () => {
      abort.abort(new Error('the test ended'));
      await serving.catch(() => {});
      await running[Symbol.asyncDispose]();
    },
  };
}
