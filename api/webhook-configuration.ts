import type { KubeObject } from './meta.ts';

/** How the API server finds and trusts a webhook: by a Service or by a URL. */
export interface WebhookClientConfig {
  /** Base64 of PEM; absent or empty means the machine's own authorities. */
  readonly caBundle?: string;
  readonly service?: { readonly namespace: string; readonly name: string };
  readonly url?: string;
}

/** One entry of a configuration. */
export interface Webhook {
  readonly name: string;
  readonly clientConfig: WebhookClientConfig;
}

/** MutatingWebhookConfiguration or ValidatingWebhookConfiguration (admissionregistration.k8s.io/v1). */
export interface WebhookConfiguration extends KubeObject {
  readonly webhooks?: readonly Webhook[];
}
