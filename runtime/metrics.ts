/** Label values of one sample; the set of names is fixed when the metric is made. */
export type MetricLabels = Readonly<Record<string, string>>;

export interface MetricOptions {
  /** Prometheus name, for example `headstart_pulls_total`. */
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
}

export interface Counter {
  inc(labels?: MetricLabels, value?: number): void;
}

export interface Gauge {
  set(labels: MetricLabels, value: number): void;
  inc(labels?: MetricLabels, value?: number): void;
  dec(labels?: MetricLabels, value?: number): void;
}

export interface Histogram {
  observe(labels: MetricLabels, value: number): void;
}

/** Makes metrics and prints them. Asking twice for one name returns the same metric. */
export interface Metrics {
  counter(options: MetricOptions): Counter;
  gauge(options: MetricOptions): Gauge;
  histogram(options: MetricOptions & { readonly buckets?: readonly number[] }): Histogram;
  /** Calls `collect` before each exposition, for gauges that cost too much to keep up to date, or that time alone moves. */
  onExposition(collect: () => void): void;
  /** The Prometheus text format. */
  exposition(): Promise<string>;
}

const nothing = { inc: () => {}, dec: () => {}, set: () => {}, observe: () => {} };

/** Metrics that count nothing. */
export const noMetrics: Metrics = {
  counter: () => nothing,
  gauge: () => nothing,
  histogram: () => nothing,
  onExposition: () => {},
  exposition: () => Promise.resolve(''),
};
