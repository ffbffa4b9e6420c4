/** Naming rules of Kubernetes (k8s.io/apimachinery validation, RFC 1123). Lengths are tested before patterns, so that no pattern runs long. */

const MAX_SUBDOMAIN_LENGTH = 253;
const MAX_LABEL_LENGTH = 63;
const DNS_LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const NAME_PART = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$/;

/** True for names of Nodes, Secrets and most other objects. */
export function isDnsSubdomain(text: string): boolean {
  return text.length <= MAX_SUBDOMAIN_LENGTH && text.split('.').every(part => DNS_LABEL.test(part));
}

/** True for what may stand behind a label key; empty is allowed. */
export function isLabelValue(text: string): boolean {
  return text === '' || isNamePart(text);
}

/** True for a label key: `name` or `prefix.example/name`. */
export function isLabelKey(text: string): boolean {
  const [first = '', second, ...rest] = text.split('/', 3);
  if (rest.length > 0) return false;
  return second === undefined ? isNamePart(first) : isDnsSubdomain(first) && isNamePart(second);
}

function isNamePart(text: string): boolean {
  return text.length <= MAX_LABEL_LENGTH && NAME_PART.test(text);
}
