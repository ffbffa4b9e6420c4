import type { Counter, Gauge, MetricLabels } from './metrics.ts';
import { headOf, labelsText, numberText } from './prometheus-text.ts';

/** A counter or a gauge: one number for each set of labels. */
export class PlainSamples implements Counter, Gauge {
  readonly #head: string;
  readonly #name: string;
  readonly #values = new Map<string, number>();

  constructor(type: 'counter' | 'gauge', options: { name: string; help: string }) {
    this.#name = options.name;
    this.#head = headOf(type, options);
  }

  set(labels: MetricLabels, value: number): void {
    this.#values.set(labelsText(labels), value);
  }

  inc(labels: MetricLabels = {}, value = 1): void {
    const key = labelsText(labels);
    this.#values.set(key, (this.#values.get(key) ?? 0) + value);
  }

  dec(labels: MetricLabels = {}, value = 1): void {
    this.inc(labels, -value);
  }

  render(): string {
    let text = this.#head;
    for (const [labels, value] of this.#values) {
      text += `${this.#name}${labels} ${numberText(value)}\n`;
    }
    return text;
  }
}
