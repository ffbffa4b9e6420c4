import type { Histogram, MetricLabels } from './metrics.ts';
import { headOf, labelsText, numberText } from './prometheus-text.ts';

interface Series {
  readonly labels: MetricLabels;
  /** Observations per bucket, not cumulated. */
  readonly counts: number[];
  count: number;
  sum: number;
}

/** A histogram with fixed upper bounds. */
export class PlainHistogram implements Histogram {
  readonly #head: string;
  readonly #name: string;
  readonly #buckets: readonly number[];
  readonly #series = new Map<string, Series>();

  constructor(options: { name: string; help: string }, buckets: readonly number[]) {
    this.#name = options.name;
    this.#head = headOf('histogram', options);
    this.#buckets = buckets;
  }

  observe(labels: MetricLabels, value: number): void {
    const series = this.#seriesOf(labels);
    const bucket = this.#buckets.findIndex(bound => value <= bound);
    if (bucket >= 0) series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.count++;
    series.sum += value;
  }

  render(): string {
    return this.#head + [...this.#series.values()].map(series => this.#lines(series)).join('');
  }

  #seriesOf(labels: MetricLabels): Series {
    const key = labelsText(labels);
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { labels, counts: this.#buckets.map(() => 0), count: 0, sum: 0 };
      this.#series.set(key, series);
    }
    return series;
  }

  #lines({ labels, counts, count, sum }: Series): string {
    let text = '';
    let cumulated = 0;
    for (const [index, bound] of this.#buckets.entries()) {
      cumulated += counts[index] ?? 0;
      text += this.#bucketLine(labels, numberText(bound), cumulated);
    }
    text += this.#bucketLine(labels, '+Inf', count);
    const suffix = labelsText(labels);
    text += `${this.#name}_sum${suffix} ${numberText(sum)}\n`;
    return `${text}${this.#name}_count${suffix} ${count}\n`;
  }

  #bucketLine(labels: MetricLabels, le: string, value: number): string {
    return `${this.#name}_bucket${labelsText({ ...labels, le })} ${value}\n`;
  }
}
