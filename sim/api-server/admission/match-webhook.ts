import { resourceName } from '../registry/resource-type.ts';
import { matchesLabels } from '../selectors/label-selector.ts';
import type { Attributes } from './attributes.ts';
import type { Webhook, WebhookRule } from './webhook.ts';

/** The version in which a webhook wants to see the request; undefined when it does not want to see it at all. */
export function matchedVersion(webhook: Webhook, attributes: Attributes): string | undefined {
  const version = webhook.rules
    .map(rule => ruleVersion(rule, webhook, attributes))
    .find(found => found !== undefined);
  if (version === undefined) return undefined;
  return namespaceMatches(webhook, attributes) && objectMatches(webhook, attributes)
    ? version
    : undefined;
}

/** The requested version if the rule names it, otherwise with `matchPolicy: Equivalent` another served one. */
function ruleVersion(
  rule: WebhookRule,
  { matchesEquivalent }: Webhook,
  { request, operation }: Attributes,
): string | undefined {
  const { type, version, subresource } = request;
  const matches =
    has(rule.operations, operation) &&
    has(rule.groups, type.group) &&
    scopeMatches(rule, type.namespaced) &&
    rule.resources.some(pattern => resourceMatches(pattern, type.plural, subresource));
  if (!matches) return undefined;
  if (has(rule.versions, version.name)) return version.name;
  if (!matchesEquivalent) return undefined;
  return type.versions.find(({ name, served }) => served && rule.versions.includes(name))?.name;
}

const has = (list: readonly string[], item: string): boolean =>
  list.includes('*') || list.includes(item);

function scopeMatches({ scope }: WebhookRule, namespaced: boolean): boolean {
  return scope === '*' || scope === (namespaced ? 'Namespaced' : 'Cluster');
}

/** `pods`, `pods/status`, `pods/*`, `*`, `*‍/status` and `*‍/*`: a pattern without a slash means no subresource. */
function resourceMatches(pattern: string, plural: string, subresource = ''): boolean {
  const [resource = '', part = ''] = pattern.split('/');
  const resourceFits = resource === '*' || resource === plural;
  return resourceFits && (part === '*' || part === subresource);
}

/** Labels of the namespace; a Namespace is judged by its own, other cluster-scoped objects always match. */
function namespaceMatches({ namespaceSelector }: Webhook, attributes: Attributes): boolean {
  if (namespaceSelector.length === 0) return true;
  const { request, object, oldObject } = attributes;
  const { type, namespace, backend } = request;
  if (type.namespaced) {
    const found = backend.store.collection('namespaces').get(namespace ?? '');
    return matchesLabels(namespaceSelector, found?.metadata.labels);
  }
  if (resourceName(type) !== 'namespaces') return true;
  return matchesLabels(namespaceSelector, (object ?? oldObject)?.metadata.labels);
}

function objectMatches({ objectSelector }: Webhook, { object, oldObject }: Attributes): boolean {
  if (objectSelector.length === 0) return true;
  return [object, oldObject].some(
    side => side !== undefined && matchesLabels(objectSelector, side.metadata.labels),
  );
}
