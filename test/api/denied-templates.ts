/** A spec that must be denied, and what the denial must say. */
export interface DeniedSpec {
  /** Completes the sentence "denies …". */
  readonly name: string;
  /** Merged over a good spec. */
  readonly spec: Readonly<Record<string, unknown>>;
  readonly path: string;
  readonly message: RegExp;
}

const deadline = 'spec.completionPolicy.activeDeadlineSeconds';
const ttl = 'spec.completionPolicy.ttlSecondsAfterFinished';
const always = (policy: object): DeniedSpec['spec'] => ({
  completionPolicy: { type: 'Always', ...policy },
});
const never = (policy: object): DeniedSpec['spec'] => ({
  completionPolicy: { type: 'Never', ...policy },
});
const labels = (matchLabels: unknown): DeniedSpec['spec'] => ({ selector: { matchLabels } });
const expression = (item: unknown): DeniedSpec['spec'] => ({
  selector: { matchExpressions: [item] },
});
const first = 'spec.selector.matchExpressions[0]';

/** Rules of the fields that ImagePullJob and ImageListPullJob share (behaviour 2). */
export const DENIED_TEMPLATES: readonly DeniedSpec[] = [
  {
    name: 'selector together with podSelector, naming both',
    spec: { selector: { names: ['a'] }, podSelector: { matchLabels: { app: 'web' } } },
    path: 'spec.podSelector',
    message: /must not be set together with spec\.selector; keep/,
  },
  {
    name: 'an empty selector together with podSelector',
    spec: { selector: {}, podSelector: {} },
    path: 'spec.podSelector',
    message: /together with spec\.selector/,
  },
  {
    name: 'names together with matchLabels',
    spec: { selector: { names: ['a'], matchLabels: { zone: 'a' } } },
    path: 'spec.selector.names',
    message: /together with spec\.selector\.matchLabels; name the nodes, or/,
  },
  {
    name: 'names together with labels of both forms',
    spec: { selector: { names: ['a'], matchLabels: {}, matchExpressions: [] } },
    path: 'spec.selector.names',
    message: /spec\.selector\.matchLabels and spec\.selector\.matchExpressions/,
  },
  {
    name: 'an empty names list (W6)',
    spec: { selector: { names: [] } },
    path: 'spec.selector.names',
    message:
      /must not be empty; name at least one node, or leave spec\.selector out to select every node/,
  },
  {
    name: 'a node named twice',
    spec: { selector: { names: ['a', 'b', 'a'] } },
    path: 'spec.selector.names',
    message: /must not repeat "a"/,
  },
  {
    name: 'a node name that no node can have',
    spec: { selector: { names: ['a', 'Node_B'] } },
    path: 'spec.selector.names[1]',
    message: /name of a Node.*not "Node_B"/,
  },
  {
    name: 'a node name that is a number',
    spec: { selector: { names: [7] } },
    path: 'spec.selector.names[0]',
    message: /not 7/,
  },
  {
    name: 'names that are no list',
    spec: { selector: { names: 'node-a' } },
    path: 'spec.selector.names',
    message: /must be a list, not "node-a"/,
  },
  {
    name: 'a selector that is a text',
    spec: { selector: 'zone=a' },
    path: 'spec.selector',
    message: /must be an object, not "zone=a"/,
  },
  {
    name: 'a podSelector that is a list',
    spec: { podSelector: [] },
    path: 'spec.podSelector',
    message: /must be an object, not a list/,
  },
  {
    name: 'a malformed label key',
    spec: labels({ 'a b': 'c' }),
    path: 'spec.selector.matchLabels[a b]',
    message: /a label key such as/,
  },
  {
    name: 'a malformed label value',
    spec: labels({ zone: 'a b' }),
    path: 'spec.selector.matchLabels[zone]',
    message: /a label value/,
  },
  {
    name: 'a label value that is a boolean',
    spec: labels({ warm: true }),
    path: 'spec.selector.matchLabels[warm]',
    message: /as a string, not true/,
  },
  {
    name: 'an unknown operator',
    spec: expression({ key: 'zone', operator: 'Like', values: ['a'] }),
    path: `${first}.operator`,
    message: /one of In, NotIn, Exists, DoesNotExist, not "Like"/,
  },
  {
    name: 'a requirement without a key',
    spec: expression({ operator: 'Exists' }),
    path: `${first}.key`,
    message: /is required/,
  },
  {
    name: 'In without values',
    spec: expression({ key: 'zone', operator: 'In', values: [] }),
    path: `${first}.values`,
    message: /at least one value for operator In/,
  },
  {
    name: 'Exists with values',
    spec: expression({ key: 'zone', operator: 'Exists', values: ['a'] }),
    path: `${first}.values`,
    message: /must be left out for operator Exists/,
  },
  {
    name: 'a malformed podSelector',
    spec: { podSelector: { matchExpressions: [{ key: 'app', operator: 'NotIn' }] } },
    path: 'spec.podSelector.matchExpressions[0].values',
    message: /at least one value/,
  },
  {
    name: 'a negative parallelism',
    spec: { parallelism: -1 },
    path: 'spec.parallelism',
    message: /a whole number from 0, or 0% to 100%, not -1/,
  },
  {
    name: 'a parallelism that is no number',
    spec: { parallelism: 'abc' },
    path: 'spec.parallelism',
    message: /not "abc"/,
  },
  {
    name: 'a parallelism above 100 %',
    spec: { parallelism: '101%' },
    path: 'spec.parallelism',
    message: /not "101%"/,
  },
  {
    name: 'a fractional parallelism',
    spec: { parallelism: 1.5 },
    path: 'spec.parallelism',
    message: /not 1\.5/,
  },
  {
    name: 'a parallelism beyond int32 (W17)',
    spec: { parallelism: 2 ** 31 },
    path: 'spec.parallelism',
    message: /not 2147483648/,
  },
  {
    name: 'a timeout of 0 (W33)',
    spec: { pullPolicy: { timeoutSeconds: 0 } },
    path: 'spec.pullPolicy.timeoutSeconds',
    message: /whole number from 1 to 2147483647, not 0/,
  },
  {
    name: 'a timeout beyond int32 (W17)',
    spec: { pullPolicy: { timeoutSeconds: 2 ** 31 } },
    path: 'spec.pullPolicy.timeoutSeconds',
    message: /whole number from 1 to 2147483647/,
  },
  {
    name: 'a timeout that is a text',
    spec: { pullPolicy: { timeoutSeconds: '10m' } },
    path: 'spec.pullPolicy.timeoutSeconds',
    message: /not "10m"/,
  },
  {
    name: 'a negative number of retries (W33)',
    spec: { pullPolicy: { backoffLimit: -1 } },
    path: 'spec.pullPolicy.backoffLimit',
    message: /whole number from 0 to 2147483647, not -1/,
  },
  {
    name: 'a pullPolicy that is a text',
    spec: { pullPolicy: 'Always' },
    path: 'spec.pullPolicy',
    message: /must be an object/,
  },
  {
    name: 'an unknown completion type',
    spec: { completionPolicy: { type: 'always' } },
    path: 'spec.completionPolicy.type',
    message: /must be Always or Never, not "always"/,
  },
  {
    name: 'a completionPolicy that is a list',
    spec: { completionPolicy: [] },
    path: 'spec.completionPolicy',
    message: /must be an object/,
  },
  {
    name: 'a deadline shorter than the timeout of one attempt (W24)',
    spec: { ...always({ activeDeadlineSeconds: 59 }), pullPolicy: { timeoutSeconds: 60 } },
    path: deadline,
    message: /at least spec\.pullPolicy\.timeoutSeconds \(60\), not 59/,
  },
  {
    name: 'a deadline shorter than the default timeout',
    spec: always({ activeDeadlineSeconds: 599 }),
    path: deadline,
    message: /timeoutSeconds \(600\), not 599/,
  },
  {
    name: 'a negative deadline',
    spec: always({ activeDeadlineSeconds: -1 }),
    path: deadline,
    message: /whole number from 1/,
  },
  {
    name: 'a deadline beyond what JSON numbers hold (W17)',
    spec: always({ activeDeadlineSeconds: 1e300 }),
    path: deadline,
    message: /whole number from 1 to 9007199254740991/,
  },
  {
    name: 'a negative TTL (W17)',
    spec: always({ ttlSecondsAfterFinished: -1 }),
    path: ttl,
    message: /whole number from 0/,
  },
  {
    name: 'a TTL beyond int32 (W17)',
    spec: always({ ttlSecondsAfterFinished: 2 ** 31 }),
    path: ttl,
    message: /to 2147483647/,
  },
  {
    name: 'Never with a deadline',
    spec: never({ activeDeadlineSeconds: 1200 }),
    path: deadline,
    message: /must be left out when completionPolicy\.type is Never/,
  },
  {
    name: 'Never with a TTL',
    spec: never({ ttlSecondsAfterFinished: 0 }),
    path: ttl,
    message: /must be left out when completionPolicy\.type is Never/,
  },
  {
    name: 'an unknown imagePullPolicy (W33)',
    spec: { imagePullPolicy: 'IfNotpresent' },
    path: 'spec.imagePullPolicy',
    message: /must be Always or IfNotPresent, not "IfNotpresent"/,
  },
  {
    name: 'a sandbox label that is a number',
    spec: { sandboxConfig: { labels: { build: 7 } } },
    path: 'spec.sandboxConfig.labels[build]',
    message: /must be a string, not 7/,
  },
  {
    name: 'sandbox annotations that are a list',
    spec: { sandboxConfig: { annotations: [] } },
    path: 'spec.sandboxConfig.annotations',
    message: /must be an object/,
  },
  {
    name: 'a pull secret written with its namespace',
    spec: { pullSecrets: ['team/regcred'] },
    path: 'spec.pullSecrets[0]',
    message: /Secret in the namespace of the job.*not "team\/regcred"/,
  },
  {
    name: 'pull secrets written as objects',
    spec: { pullSecrets: [{ name: 'regcred' }] },
    path: 'spec.pullSecrets[0]',
    message: /not an object/,
  },
  {
    name: 'pull secrets that are no list',
    spec: { pullSecrets: 'regcred' },
    path: 'spec.pullSecrets',
    message: /must be a list/,
  },
];
