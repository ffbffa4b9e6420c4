/** Rules for names and labels, with the sentences of kube-apiserver (k8s.io/apimachinery validation). */

const SUBDOMAIN = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';
const LABEL_NAME = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const DNS_LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';

const NAME_RULE =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
  `(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${LABEL_NAME}')`;
const PREFIX_RULE = "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";

const subdomain = new RegExp(`^${SUBDOMAIN}$`);
const dnsLabel = new RegExp(`^${DNS_LABEL}$`);
const labelName = new RegExp(`^${LABEL_NAME}$`);
const labelValue = new RegExp(`^(${LABEL_NAME})?$`);

/** Why `name` is no object name (RFC 1123 subdomain), or undefined. */
export function whyNotSubdomain(name: string): string | undefined {
  if (name.length > 253) return 'must be no more than 253 bytes';
  if (subdomain.test(name)) return undefined;
  return (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end " +
    `with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`
  );
}

/** Why `name` is no RFC 1123 label, or undefined. */
export function whyNotDnsLabel(name: string): string | undefined {
  if (name.length > 63) return 'must be no more than 63 bytes';
  if (dnsLabel.test(name)) return undefined;
  return (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an " +
    `alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${DNS_LABEL}')`
  );
}

/** Why `key` is no label, annotation or finalizer key (`[prefix/]name`), or undefined. */
export function whyNotQualifiedName(key: string): string | undefined {
  const [first = '', second, ...tooMany] = key.split('/');
  if (tooMany.length > 0) return `a qualified name ${NAME_RULE} ${PREFIX_RULE}`;
  const prefix = second === undefined ? undefined : first;
  const name = second ?? first;
  if (prefix !== undefined && whyNotSubdomain(prefix) !== undefined) {
    return `prefix part ${whyNotSubdomain(prefix)}`;
  }
  if (name === '') return 'name part must be non-empty';
  if (name.length > 63) return 'name part must be no more than 63 bytes';
  return labelName.test(name) ? undefined : `name part ${NAME_RULE}`;
}

/** Why `value` is no label value, or undefined. */
export function whyNotLabelValue(value: string): string | undefined {
  if (value.length > 63) return 'must be no more than 63 bytes';
  if (labelValue.test(value)) return undefined;
  return (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with " +
    `an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(${LABEL_NAME})?')`
  );
}
