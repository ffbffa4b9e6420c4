import fc from 'fast-check';
import { CREATED_AT, finished, tagSpec } from '../node-images.ts';
import { mostly } from './hostile-credentials.ts';

const name = fc.oneof(
  { arbitrary: fc.constantFrom('nginx', 'reg.test:5000/app', 'a/b'), weight: 3 },
  fc.constantFrom('__proto__', 'constructor', '', ' ', 'a b', 'Nginx', '../x', 'x@y', 'a:b'),
  fc.string({ unit: 'binary' }),
);
const tag = fc.oneof(
  { arbitrary: fc.constantFrom('1', 'v2', `sha256:${'0'.repeat(64)}`), weight: 3 },
  fc.constantFrom('', ' ', 'b c', '-', 'x'.repeat(200), 'sha256:1', '%20'),
  fc.string({ unit: 'binary' }),
);
const seconds = mostly(fc.constantFrom(0, 1, 60, -1, 2 ** 31, Number.MAX_SAFE_INTEGER, 1e300));

const pullPolicy = fc.record(
  { timeoutSeconds: seconds, backoffLimit: mostly(fc.nat(3)), activeDeadlineSeconds: seconds },
  { requiredKeys: [] },
);
const owner = fc.record(
  { kind: mostly(fc.constant('ImagePullJob')), namespace: mostly(name), name: mostly(name) },
  { requiredKeys: [] },
);
const entry = fc.record(
  {
    tag: mostly(tag),
    version: mostly(fc.nat(3)),
    createdAt: mostly(fc.constant(CREATED_AT)),
    pullPolicy: mostly(pullPolicy),
    imagePullPolicy: mostly(fc.constantFrom('Always', 'IfNotPresent')),
    ownerReferences: mostly(fc.array(mostly(owner), { maxLength: 2 })),
  },
  { requiredKeys: ['tag'] },
);
const texts = mostly(fc.dictionary(fc.string(), mostly(fc.string()), { maxKeys: 2 }));
const image = fc.record(
  {
    tags: mostly(fc.array(mostly(entry), { maxLength: 4 })),
    pullSecrets: mostly(
      fc.array(mostly(fc.record({ namespace: mostly(name), name: mostly(name) })), {
        maxLength: 2,
      }),
    ),
    sandboxConfig: mostly(fc.record({ labels: texts, annotations: texts }, { requiredKeys: [] })),
  },
  { requiredKeys: ['tags'] },
);

/** What `spec.images` may hold beside a tag that is well: `good.test/app:1`. */
export const imagesBesideGood = fc
  .dictionary(name, mostly(image), { maxKeys: 4, noNullPrototype: true })
  .map(images => ({ ...images, 'good.test/app': { tags: [tagSpec('1')] } }));

const tagStatus = fc.record(
  {
    tag: mostly(tag),
    phase: mostly(fc.constantFrom('Waiting', 'Pulling', 'Succeeded', 'Failed')),
    version: mostly(fc.nat(3)),
    completionTime: mostly(fc.constant(CREATED_AT)),
  },
  { requiredKeys: ['tag'] },
);

/** What anybody may have written into a status. */
export const anyStatus = mostly(
  fc.record(
    {
      desired: mostly(fc.nat(3)),
      imageStatuses: mostly(
        fc.dictionary(
          name,
          mostly(fc.record({ tags: mostly(fc.array(mostly(tagStatus), { maxLength: 3 })) })),
          { maxKeys: 3, noNullPrototype: true },
        ),
      ),
      firstSyncStatus: mostly(fc.constant({ status: 'Succeeded' })),
    },
    { requiredKeys: [] },
  ),
).map(status => status ?? { imageStatuses: { nginx: { tags: [finished('1')] } } });
