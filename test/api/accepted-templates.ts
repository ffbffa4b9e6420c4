type Spec = Readonly<Record<string, unknown>>;

const always = (policy: object): Spec => ({ completionPolicy: { type: 'Always', ...policy } });

/** Specs that must pass, by what they show; merged over a good spec. */
export const ACCEPTED_TEMPLATES: readonly (readonly [name: string, spec: Spec])[] = [
  ['neither selector: every node', {}],
  ['nodes by name', { selector: { names: ['node-1', 'ip-10-0-0-1.internal'] } }],
  ['nodes by label', { selector: { matchLabels: { 'example.com/pool': 'web', empty: '' } } }],
  [
    'nodes by expressions',
    {
      selector: {
        matchExpressions: [
          { key: 'zone', operator: 'In', values: ['a', 'b'] },
          { key: 'arch', operator: 'NotIn', values: ['arm64'] },
          { key: 'gpu', operator: 'Exists' },
          { key: 'spot', operator: 'DoesNotExist', values: [] },
        ],
      },
    },
  ],
  ['nodes of pods', { podSelector: { matchLabels: { app: 'web' } } }],
  ['null for a selector that is not used', { selector: null, podSelector: {} }],
  ['parallelism 0, which pauses', { parallelism: 0 }],
  ['parallelism as a numeric string', { parallelism: '10' }],
  ['parallelism in percent', { parallelism: '100%' }],
  ['a deadline equal to the timeout', always({ activeDeadlineSeconds: 600 })],
  ['a TTL of 0', always({ ttlSecondsAfterFinished: 0 })],
  ['no retries', { pullPolicy: { backoffLimit: 0, timeoutSeconds: 1 } }],
  ['completion Never', { completionPolicy: { type: 'Never' } }],
  ['no completionPolicy, which means Always', { completionPolicy: undefined }],
  ['an empty completion type, which means Always', { completionPolicy: { type: '' } }],
  ['pull policy Always', { imagePullPolicy: 'Always' }],
  ['a sandbox', { sandboxConfig: { labels: { app: 'web' }, annotations: { note: 'any text' } } }],
  ['pull secrets', { pullSecrets: ['regcred', 'other.cred'] }],
];
