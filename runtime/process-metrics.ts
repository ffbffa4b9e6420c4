import type { Metrics } from './metrics.ts';

/** Tells memory, CPU and start of the process, under Prometheus's names, where prom-client does not. */
export function addProcessMetrics(metrics: Metrics): void {
  const cpu = metrics.counter({
    name: 'process_cpu_seconds_total',
    help: 'User and system CPU time.',
  });
  const memory = metrics.gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory.',
  });
  const start = metrics.gauge({
    name: 'process_start_time_seconds',
    help: 'Start of the process since the epoch.',
  });
  let counted = 0;
  start.set({}, Math.round(performance.timeOrigin / 1000));
  metrics.onExposition(() => {
    const { user, system } = process.cpuUsage();
    cpu.inc({}, (user + system - counted) / 1e6);
    counted = user + system;
    memory.set({}, process.memoryUsage.rss());
  });
}
