import { X509Certificate } from 'node:crypto';
import { untilAborted } from '../runtime/abort.ts';
import type { Logger } from '../runtime/log.ts';
import type { Gauge, Metrics } from '../runtime/metrics.ts';

/** What the webhook server serves with, as PEM. The key is a secret: never log it. */
export interface ServingMaterial {
  readonly certPem: string;
  readonly keyPem: string;
  /** Every authority that clients should trust. */
  readonly caPem: string;
  /** The one of them that signed the certificate; undefined when somebody else looks after the trust. */
  readonly issuerPem?: string;
}

/** Holds the newest material and tells who wants to know. */
export class MaterialHolder {
  readonly #log: Logger;
  readonly #expiry: Gauge;
  readonly #listeners = new Set<() => void>();
  readonly #filled: Promise<void>;
  #onFilled: () => void = () => {};
  #material: ServingMaterial | undefined;

  constructor({ log, metrics }: { readonly log: Logger; readonly metrics: Metrics }) {
    this.#log = log;
    this.#expiry = metrics.gauge({
      name: 'headstart_webhook_certificate_expiry_timestamp_seconds',
      help: 'When the serving certificate of the webhooks ends, in seconds since the epoch.',
    });
    this.#filled = new Promise(resolve => {
      this.#onFilled = resolve;
    });
  }

  /** Undefined until the first `set`. */
  get(): ServingMaterial | undefined {
    return this.#material;
  }

  /** Takes newer material over; the same again changes nothing. */
  set(material: ServingMaterial): void {
    const old = this.#material;
    if (old?.certPem === material.certPem && old.caPem === material.caPem) return;
    this.#material = material;
    this.#expiry.set({}, Date.parse(new X509Certificate(material.certPem).validTo) / 1000);
    this.#onFilled();
    for (const listener of this.#listeners) this.#call(listener);
  }

  /** Calls `listener` after each change; the result takes it away again. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves after the first `set`. */
  filled(signal?: AbortSignal): Promise<void> {
    return untilAborted(this.#filled, signal);
  }

  #call(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#log.error('Listener for a new certificate failed', { err: error });
    }
  }
}
