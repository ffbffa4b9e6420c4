import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { MANAGER_FIELD_MANAGER } from '../../api/names.ts';
import { systemClock } from '../../runtime/clock.ts';
import { runLifecycle } from '../../runtime/lifecycle.ts';
import { createPinoLogger } from '../../runtime/pino-logger.ts';
import { createPromMetrics } from '../../runtime/prom-metrics.ts';
import { connect } from '../kube-access.ts';
import { VERSION } from '../version.ts';
import { leaseTimes } from './compose-leading.ts';
import { composeManager } from './compose-manager.ts';
import type { ManagerOptions } from './options.ts';

/** All parts together may take this long to stop; the pod has 30 s. */
const STOP_TIMEOUT_MS = 25_000;

/** Runs the manager as a process of its own until `signal` aborts. */
export async function runManager(options: ManagerOptions, signal: AbortSignal): Promise<void> {
  const log = createPinoLogger({ level: options.logLevel, name: 'headstart-manager' });
  const { writeDeadlineMs } = leaseTimes(options);
  const as = { fieldManager: MANAGER_FIELD_MANAGER, writeDeadlineMs };
  const metrics = createPromMetrics();
  using connection = await connect(options.access, as, { metrics });
  const deps = {
    client: connection.client,
    clock: systemClock,
    log,
    metrics,
    random: Math.random,
    identity: `${hostname()}_${randomUUID().slice(0, 8)}`,
  };
  const { groups } = await composeManager(options, deps, signal);
  log.info('Started manager', { version: VERSION, options });
  await runLifecycle({ groups, stopTimeoutMs: STOP_TIMEOUT_MS }, deps, signal);
  log.info('Stopped manager');
}
