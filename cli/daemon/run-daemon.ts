import { DAEMON_FIELD_MANAGER } from '../../api/names.ts';
import { createDaemon } from '../../daemon/daemon.ts';
import { createEventRecorder } from '../../kube/create-event-recorder.ts';
import { systemClock } from '../../runtime/clock.ts';
import { createHttpServer } from '../../runtime/http-server.ts';
import { runLifecycle } from '../../runtime/lifecycle.ts';
import { createPlainLogger } from '../../runtime/plain-logger.ts';
import { createPlainMetrics } from '../../runtime/plain-metrics.ts';
import { createProbes } from '../../runtime/probes.ts';
import { addProcessMetrics } from '../../runtime/process-metrics.ts';
import { connect } from '../kube-access.ts';
import { serverPart } from '../server-part.ts';
import { VERSION } from '../version.ts';
import type { DaemonCommandOptions } from './options.ts';

/** Cancelling pulls and writing the last status may take this long; the pod has 30 s. */
const STOP_TIMEOUT_MS = 20_000;

/** Runs the daemon of one node as a process of its own until `signal` aborts. */
export async function runDaemon(options: DaemonCommandOptions, signal: AbortSignal): Promise<void> {
  const log = createPlainLogger({ level: options.logLevel, name: 'headstart-daemon' });
  const metrics = createPlainMetrics();
  addProcessMetrics(metrics);
  const as = { fieldManager: DAEMON_FIELD_MANAGER };
  using connection = await connect(options.access, as, { metrics });
  log.info('Started daemon', { version: VERSION, options });
  const base = {
    client: connection.client,
    clock: systemClock,
    log,
    metrics,
    random: Math.random,
    env: process.env,
  };
  const source = { component: DAEMON_FIELD_MANAGER, host: options.nodeName };
  const daemon = createDaemon(options, { ...base, events: createEventRecorder(source, base) });
  const problems = (): string | undefined => daemon.problems.join('; ') || undefined;
  const probes = createProbes({ live: {}, ready: { daemon: problems } }, base);
  const groups = [
    [serverPart('probes', createHttpServer(options.metrics, { handler: probes }))],
    [{ name: 'daemon', run: (stop: AbortSignal) => daemon.run(stop) }],
  ];
  await runLifecycle({ groups, stopTimeoutMs: STOP_TIMEOUT_MS }, base, signal);
  log.info('Stopped daemon');
}
