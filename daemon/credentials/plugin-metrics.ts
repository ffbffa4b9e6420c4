import type { Metrics } from '../../runtime/metrics.ts';

/** How a call of a plugin ended; `empty`: well, and without credentials. */
export type PluginOutcome = 'answered' | 'empty' | 'failed' | 'timeout' | 'malformed';

export interface PluginMetrics {
  called(plugin: string, outcome: PluginOutcome, elapsedMs: number): void;
}

/** Counts runs of plugins and how long they took; what came from a cache is no run. */
export function createPluginMetrics(metrics: Metrics): PluginMetrics {
  const calls = metrics.counter({
    name: 'headstart_credential_plugin_calls_total',
    help: 'Runs of credential-provider plugins: answered, empty, failed, timeout, malformed.',
    labelNames: ['plugin', 'outcome'],
  });
  const seconds = metrics.histogram({
    name: 'headstart_credential_plugin_duration_seconds',
    help: 'How long runs of credential-provider plugins took.',
    labelNames: ['plugin'],
    // Up to their timeout.
    buckets: [0.03, 0.1, 0.3, 1, 3, 10, 30, 60],
  });
  return {
    called(plugin, outcome, elapsedMs) {
      calls.inc({ plugin, outcome });
      seconds.observe({ plugin }, elapsedMs / 1000);
    },
  };
}
