import type { Gauge, Metrics } from '../runtime/metrics.ts';

/** Admissions that are being read or answered. Those of workloads are shed first: their changes are found later all the same. */
export class Load {
  readonly #gauge: Gauge;
  #inFlight = 0;

  constructor(metrics: Metrics) {
    this.#gauge = metrics.gauge({
      name: 'headstart_webhook_requests_in_flight',
      help: 'Admission requests that are being read or answered.',
    });
  }

  /** Takes a request in; undefined, and nothing taken, when there are `limit` already. Call the result when the request ends. */
  enter(limit: number): (() => void) | undefined {
    if (this.#inFlight >= limit) return undefined;
    this.#set(this.#inFlight + 1);
    return () => this.#set(this.#inFlight - 1);
  }

  #set(inFlight: number): void {
    this.#inFlight = inFlight;
    this.#gauge.set({}, inFlight);
  }
}
