import fc from 'fast-check';

/** Words that the kinds use as keys, and keys that trip up careless code. */
const KEYS = [
  'metadata',
  'annotations',
  'spec',
  'image',
  'images',
  'nginx',
  'tags',
  'tag',
  'selector',
  'podSelector',
  'names',
  'matchLabels',
  'matchExpressions',
  'key',
  'operator',
  'values',
  'parallelism',
  'pullPolicy',
  'timeoutSeconds',
  'backoffLimit',
  'completionPolicy',
  'type',
  'activeDeadlineSeconds',
  'ttlSecondsAfterFinished',
  'sandboxConfig',
  'labels',
  'imagePullPolicy',
  'pullSecrets',
  'ownerReferences',
  'replicas',
  'template',
  'containers',
  'initContainers',
  'volumes',
  'name',
  'updateStrategy',
  'rollingUpdate',
  'partition',
  'maxUnavailable',
  'inPlaceUpdateStrategy',
  'apps.kruise.io/image-predownload-parallelism',
  'headstart/predownload',
  '__proto__',
  'constructor',
  'toString',
];
const VALUES = [
  'nginx:1.27',
  'Always',
  'Never',
  'In',
  '10',
  '50%',
  '',
  1,
  0,
  -1,
  1.5,
  1e300,
  {},
  [],
];

/** Any JSON, mostly in the shape of our kinds with something odd in some field. Parsed from text, so `__proto__` is an own key. */
export const anyJson: fc.Arbitrary<unknown> = fc
  .letrec<{ value: unknown }>(tie => ({
    value: fc.oneof(
      { maxDepth: 6, depthSize: 'medium' },
      fc.constantFrom(...VALUES, null, true, false),
      fc.string(),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.array(fc.tuple(fc.constantFrom(...KEYS), tie('value')), { maxLength: 8 }).map(toText),
    ),
  }))
  .value.map(value => JSON.parse(JSON.stringify(value)) as unknown);

/** An object of a kind with any JSON in its spec. */
export const anyObject: fc.Arbitrary<unknown> = fc.oneof(
  anyJson,
  anyJson.map(spec => ({ metadata: { name: 'any' }, spec })),
);

function toText(entries: [string, unknown][]): unknown {
  return Object.fromEntries(entries);
}
