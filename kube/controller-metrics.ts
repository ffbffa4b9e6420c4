import type { Metrics } from '../runtime/metrics.ts';
import type { ControllerOptions } from './controller.ts';

/** How a reconcile ended. */
export type ReconcileEnding = 'success' | 'requeue_after' | 'requeue' | 'error' | 'terminal';

/** What a controller tells, under controller-runtime's names. */
export interface ControllerMetrics {
  /** Call the result when the reconcile ended, with its duration. */
  started(): (ms: number) => void;
  ended(how: ReconcileEnding): void;
}

const RESULTS = ['success', 'requeue', 'requeue_after', 'error'];

/** controller-runtime's buckets, thinned out. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The metrics of one controller. */
export function createControllerMetrics(
  options: ControllerOptions,
  metrics: Metrics,
): ControllerMetrics {
  const controller = { controller: options.name };
  const metric = (name: string, help: string, labelNames = ['controller']) => ({
    name: `controller_runtime_${name}`,
    help,
    labelNames,
  });
  const total = metrics.counter(
    metric('reconcile_total', 'Reconciles by result.', ['controller', 'result']),
  );
  const errors = metrics.counter(metric('reconcile_errors_total', 'Reconciles that failed.'));
  const terminal = metrics.counter(
    metric('terminal_reconcile_errors_total', 'Reconciles that failed for good.'),
  );
  const active = metrics.gauge(metric('active_workers', 'Workers that reconcile now.'));
  const time = metrics.histogram({
    ...metric('reconcile_time_seconds', 'Duration of reconciles.'),
    buckets: SECONDS,
  });
  metrics.gauge(metric('max_concurrent_reconciles', 'Workers.')).set(controller, options.workers);
  // From the start, so that a rate is there for the first failure, too.
  for (const result of RESULTS) total.inc({ ...controller, result }, 0);
  for (const counter of [errors, terminal]) counter.inc(controller, 0);
  active.set(controller, 0);

  return {
    started: () => {
      active.inc(controller);
      return ms => {
        active.dec(controller);
        time.observe(controller, ms / 1000);
      };
    },
    ended: how => {
      const failed = how === 'error' || how === 'terminal';
      total.inc({ ...controller, result: failed ? 'error' : how });
      if (failed) errors.inc(controller);
      if (how === 'terminal') terminal.inc(controller);
    },
  };
}
