import { type DeniedObject, expression, imagePullJob, labels } from './test-objects.ts';

function job(title: string, spec: object, says: RegExp, path: string): DeniedObject {
  return { title: `a job with ${title}`, object: imagePullJob(spec), says, path };
}

/** Jobs that are denied when they are new. */
export const DENIED_JOBS: readonly DeniedObject[] = [
  job(
    'selector and podSelector',
    { selector: { names: ['node-1'] }, podSelector: labels },
    /spec\.podSelector: Forbidden: set selector or podSelector, not both/,
    'spec.podSelector',
  ),
  job(
    'names and labels',
    { selector: { names: ['node-1'], ...labels } },
    /spec\.selector\.names: Forbidden: set names, or matchLabels and matchExpressions, not both/,
    'spec.selector.names',
  ),
  job(
    'names and label expressions',
    { selector: { names: ['node-1'], ...expression('Exists') } },
    /spec\.selector\.names: Forbidden: set names, or/,
    'spec.selector.names',
  ),
  job(
    'an empty list of names',
    { selector: { names: [] } },
    /spec\.selector\.names: Required value: name at least one node, or leave selector out/,
    'spec.selector.names',
  ),
  job(
    'a repeated name',
    { selector: { names: ['node-1', 'node-1'] } },
    /spec\.selector\.names\[1\]: Duplicate value: "node-1"/,
    'spec.selector.names',
  ),
  job(
    'an unknown operator',
    { selector: expression('Equals', ['gpu']) },
    /spec\.selector\.matchExpressions\[0\]\.operator: Unsupported value: "Equals": supported values: "In"/,
    'spec.selector.matchExpressions[0].operator',
  ),
  job(
    'In without values',
    { podSelector: expression('In') },
    /spec\.podSelector\.matchExpressions\[0\]\.values: Forbidden: In and NotIn need values/,
    'spec.podSelector.matchExpressions[0].values',
  ),
  job(
    'Exists with values',
    { selector: expression('Exists', ['gpu']) },
    /spec\.selector\.matchExpressions\[0\]\.values: Forbidden: .*Exists and DoesNotExist take none/,
    'spec.selector.matchExpressions[0].values',
  ),
  job(
    'a malformed label value',
    { selector: { matchLabels: { pool: 'g p u' } } },
    /spec\.selector\.matchLabels\.pool: Invalid value: "g p u"/,
    'spec.selector.matchLabels[pool]',
  ),
  job('no image', { image: undefined }, /spec\.image: Required value/, 'spec.image'),
  job('an empty image', { image: '' }, /spec\.image: .*"" is not an image reference/, 'spec.image'),
  job(
    'an image in upper case',
    { image: 'Team/App:1' },
    /spec\.image: .*"Team\/App:1" is not an image reference; write \[registry\/\]repository\[:tag\]/,
    'spec.image',
  ),
  job(
    'an image with a scheme',
    { image: 'https://reg.example.com/app' },
    /spec\.image: .*is not an image reference/,
    'spec.image',
  ),
  job(
    'an image that is a number',
    { image: 5 },
    /spec\.image: Invalid value: "integer": .*must be of type string/,
    'spec.image',
  ),
  job(
    'a parallelism below zero',
    { parallelism: -1 },
    /spec\.parallelism: Forbidden: must be a number from 0, or a percentage from 0% to 100%/,
    'spec.parallelism',
  ),
  job(
    'a parallelism that is a word',
    { parallelism: 'abc' },
    /spec\.parallelism: Forbidden: must be a number/,
    'spec.parallelism',
  ),
  job(
    'a parallelism above 100 %',
    { parallelism: '101%' },
    /spec\.parallelism: Forbidden: must be a number/,
    'spec.parallelism',
  ),
  job(
    'a broken parallelism',
    { parallelism: 1.5 },
    /spec\.parallelism: .*must be of type integer,string/,
    'spec.parallelism',
  ),
  job(
    'no time for an attempt',
    { pullPolicy: { timeoutSeconds: 0 } },
    /spec\.pullPolicy\.timeoutSeconds: .*greater than or equal to 1/,
    'spec.pullPolicy.timeoutSeconds',
  ),
  job(
    'a timeout beyond int32',
    { pullPolicy: { timeoutSeconds: 3_000_000_000 } },
    /spec\.pullPolicy\.timeoutSeconds: .*less than or equal to 2147483647/,
    'spec.pullPolicy.timeoutSeconds',
  ),
  job(
    'fewer retries than none',
    { pullPolicy: { backoffLimit: -1 } },
    /spec\.pullPolicy\.backoffLimit: .*greater than or equal to 0/,
    'spec.pullPolicy.backoffLimit',
  ),
  job(
    'a deadline shorter than an attempt',
    { completionPolicy: { activeDeadlineSeconds: 100 }, pullPolicy: { timeoutSeconds: 101 } },
    /spec\.completionPolicy\.activeDeadlineSeconds: Forbidden: must be at least pullPolicy\.timeoutSeconds/,
    'spec.completionPolicy.activeDeadlineSeconds',
  ),
  job(
    'a deadline shorter than the default attempt',
    { completionPolicy: { activeDeadlineSeconds: 599 } },
    /must be at least pullPolicy\.timeoutSeconds \(600 unless set\)/,
    'spec.completionPolicy.activeDeadlineSeconds',
  ),
  job(
    'a deadline although it never ends',
    { completionPolicy: { type: 'Never', activeDeadlineSeconds: 1200 } },
    /spec\.completionPolicy\.activeDeadlineSeconds: Forbidden: a job of type Never does not end/,
    'spec.completionPolicy.activeDeadlineSeconds',
  ),
  job(
    'a TTL although it never ends',
    { completionPolicy: { type: 'Never', ttlSecondsAfterFinished: 300 } },
    /spec\.completionPolicy\.ttlSecondsAfterFinished: Forbidden: a job of type Never does not end/,
    'spec.completionPolicy.ttlSecondsAfterFinished',
  ),
  job(
    'a TTL below zero',
    { completionPolicy: { ttlSecondsAfterFinished: -1 } },
    /spec\.completionPolicy\.ttlSecondsAfterFinished: .*greater than or equal to 0/,
    'spec.completionPolicy.ttlSecondsAfterFinished',
  ),
  job(
    'an unknown completion policy',
    { completionPolicy: { type: 'Sometimes' } },
    /spec\.completionPolicy\.type: Unsupported value: "Sometimes": supported values: "Always", "Never"/,
    'spec.completionPolicy.type',
  ),
  job(
    'an unknown pull policy',
    { imagePullPolicy: 'Never' },
    /spec\.imagePullPolicy: Unsupported value: "Never": supported values: "Always", "IfNotPresent"/,
    'spec.imagePullPolicy',
  ),
  job(
    'a pull secret without a name',
    { pullSecrets: [''] },
    /spec\.pullSecrets\[0\]: .*at least 1 chars long/,
    'spec.pullSecrets[0]',
  ),
  job(
    'sandbox labels that are no strings',
    { sandboxConfig: { labels: { warm: true } } },
    /spec\.sandboxConfig\.labels\.warm: .*must be of type string/,
    'spec.sandboxConfig.labels[warm]',
  ),
];

/** Changes of jobs that are denied. */
export const DENIED_CHANGES: readonly DeniedObject[] = [
  {
    ...job('x', { image: 'nginx:2' }, /spec\.image: Forbidden: image is immutable/, 'spec.image'),
    title: 'a change of the image',
    was: imagePullJob({}),
  },
  {
    ...job(
      'x',
      { pullSecrets: ['b'] },
      /spec\.pullSecrets: Forbidden: .*immutable/,
      'spec.pullSecrets',
    ),
    title: 'a change of the pull secrets',
    was: imagePullJob({ pullSecrets: ['a'] }),
  },
  {
    ...job(
      'x',
      { pullSecrets: ['a'] },
      /spec\.pullSecrets: Forbidden: .*immutable/,
      'spec.pullSecrets',
    ),
    title: 'pull secrets that come later',
    was: imagePullJob({}),
  },
  {
    ...job('x', {}, /spec\.pullSecrets: Forbidden: .*immutable/, 'spec.pullSecrets'),
    title: 'pull secrets that go',
    was: imagePullJob({ pullSecrets: ['a'] }),
  },
];
