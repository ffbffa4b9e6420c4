import type { ApiObject } from '../objects/api-object.ts';
import {
  asArray,
  asNumber,
  asObject,
  asString,
  asStrings,
  type JsonObject,
} from '../objects/json.ts';
import { type LabelRequirement, requirementsOf } from '../selectors/label-selector.ts';

/** Which requests a webhook wants to see (RuleWithOperations). */
export interface WebhookRule {
  readonly groups: readonly string[];
  readonly versions: readonly string[];
  readonly resources: readonly string[];
  readonly operations: readonly string[];
  readonly scope: string;
}

/** Where a webhook listens. */
export type WebhookTarget =
  | { readonly kind: 'url'; readonly url: string }
  | {
      readonly kind: 'service';
      readonly namespace: string;
      readonly name: string;
      readonly port: number;
      readonly path: string;
    };

/**
 * One entry of a webhook configuration. `matchConditions` are not here: they are CEL, which this server cannot evaluate, so each of
 * them counts as true and the webhook sees more requests than on a real cluster (docs/adr/0006-embedded-cluster.md).
 */
export interface Webhook {
  readonly name: string;
  readonly target: WebhookTarget;
  readonly caPem: string | undefined;
  readonly rules: readonly WebhookRule[];
  readonly ignoresFailures: boolean;
  /** Also asked about other versions of a resource than its rules name. */
  readonly matchesEquivalent: boolean;
  readonly timeoutSeconds: number;
  readonly namespaceSelector: readonly LabelRequirement[];
  readonly objectSelector: readonly LabelRequirement[];
  readonly isReinvoked: boolean;
}

/** The longest that kube-apiserver lets a webhook have. */
const MAX_TIMEOUT_SECONDS = 30;

const parsed = new WeakMap<ApiObject, readonly Webhook[]>();

/** The webhooks of a Mutating- or ValidatingWebhookConfiguration; parsed once per stored object. */
export function webhooksOf(configuration: ApiObject): readonly Webhook[] {
  const known = parsed.get(configuration);
  if (known !== undefined) return known;
  const webhooks = asArray(configuration['webhooks']).map(entry => webhookOf(asObject(entry)));
  parsed.set(configuration, webhooks);
  return webhooks;
}

function webhookOf(entry: JsonObject): Webhook {
  const client = asObject(entry['clientConfig']);
  const ca = asString(client['caBundle']);
  return {
    name: asString(entry['name']) ?? '',
    target: targetOf(client),
    caPem: ca === undefined ? undefined : Buffer.from(ca, 'base64').toString('utf8'),
    rules: asArray(entry['rules']).map(rule => ruleOf(asObject(rule))),
    ignoresFailures: entry['failurePolicy'] === 'Ignore',
    matchesEquivalent: entry['matchPolicy'] !== 'Exact',
    timeoutSeconds: Math.min(asNumber(entry['timeoutSeconds']) ?? 10, MAX_TIMEOUT_SECONDS),
    namespaceSelector: requirementsOf(entry['namespaceSelector']),
    objectSelector: requirementsOf(entry['objectSelector']),
    isReinvoked: entry['reinvocationPolicy'] === 'IfNeeded',
  };
}

function targetOf(client: JsonObject): WebhookTarget {
  const url = asString(client['url']);
  if (url !== undefined) return { kind: 'url', url };
  const service = asObject(client['service']);
  return {
    kind: 'service',
    namespace: asString(service['namespace']) ?? '',
    name: asString(service['name']) ?? '',
    port: asNumber(service['port']) ?? 443,
    path: asString(service['path']) ?? '/',
  };
}

function ruleOf(rule: JsonObject): WebhookRule {
  return {
    groups: asStrings(rule['apiGroups']),
    versions: asStrings(rule['apiVersions']),
    resources: asStrings(rule['resources']),
    operations: asStrings(rule['operations']),
    scope: asString(rule['scope']) ?? '*',
  };
}
