import type { Metrics } from './metrics.ts';
import { PlainHistogram } from './plain-histogram.ts';
import { PlainSamples } from './plain-samples.ts';

/** prom-client's default buckets, in seconds. */
const DEFAULT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Metrics in the Prometheus text format without a library, for processes that must stay small. */
export function createPlainMetrics(): Metrics {
  const metrics = new Map<string, PlainSamples | PlainHistogram>();
  const collectors: (() => void)[] = [];
  const samples = (type: 'counter' | 'gauge') => {
    return (options: { name: string; help: string }): PlainSamples => {
      const metric = metrics.get(options.name) ?? new PlainSamples(type, options);
      metrics.set(options.name, metric);
      return metric as PlainSamples;
    };
  };
  return {
    counter: samples('counter'),
    gauge: samples('gauge'),
    histogram: options => {
      const { buckets = DEFAULT_BUCKETS } = options;
      const metric = metrics.get(options.name) ?? new PlainHistogram(options, buckets);
      metrics.set(options.name, metric);
      return metric as PlainHistogram;
    },
    onExposition: collect => void collectors.push(collect),
    exposition: () => {
      for (const collect of collectors) collect();
      return Promise.resolve([...metrics.values()].map(m => m.render()).join(''));
    },
  };
}
