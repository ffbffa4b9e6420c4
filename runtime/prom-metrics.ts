import {
  collectDefaultMetrics,
  Counter as PromCounter,
  Gauge as PromGauge,
  Histogram as PromHistogram,
  Registry,
} from 'prom-client';
import type { Counter, Gauge, Histogram, MetricOptions, Metrics } from './metrics.ts';

export interface PromMetricsOptions {
  /** Also tell memory, CPU and event loop of the process. Default true. */
  readonly processMetrics?: boolean;
}

/** Metrics on prom-client, in a registry of their own. */
export function createPromMetrics(options: PromMetricsOptions = {}): Metrics {
  const registry = new Registry();
  if (options.processMetrics ?? true) collectDefaultMetrics({ register: registry });

  const collectors: (() => void)[] = [];
  const once = <T>(name: string, make: () => T): T =>
    (registry.getSingleMetric(name) as T | undefined) ?? make();
  const common = ({ name, help, labelNames = [] }: MetricOptions) => ({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
  });

  return {
    counter: metric => counter(once(metric.name, () => new PromCounter(common(metric)))),
    gauge: metric => gauge(once(metric.name, () => new PromGauge(common(metric)))),
    histogram: metric => {
      const buckets = metric.buckets === undefined ? {} : { buckets: [...metric.buckets] };
      return histogram(
        once(metric.name, () => new PromHistogram({ ...common(metric), ...buckets })),
      );
    },
    onExposition: collect => void collectors.push(collect),
    exposition: () => {
      for (const collect of collectors) collect();
      return registry.metrics();
    },
  };
}

const counter = (metric: PromCounter): Counter => ({
  inc: (labels = {}, value = 1) => metric.inc(labels, value),
});

const gauge = (metric: PromGauge): Gauge => ({
  set: (labels, value) => metric.set(labels, value),
  inc: (labels = {}, value = 1) => metric.inc(labels, value),
  dec: (labels = {}, value = 1) => metric.dec(labels, value),
});

const histogram = (metric: PromHistogram): Histogram => ({
  observe: (labels, value) => metric.observe(labels, value),
});
