import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defaultImageListPullJob } from '../../api/default-image-list-pull-job.ts';
import { defaultImagePullJob } from '../../api/default-image-pull-job.ts';
import { defaultNodeImage } from '../../api/default-node-image.ts';
import { MAX_LIST_IMAGES } from '../../api/image-list-pull-job.ts';
import { COMPLETION_TYPES, IMAGE_PULL_POLICIES } from '../../api/image-pull-job.ts';
import { parseImageReference } from '../../api/image-reference.ts';
import { LABEL_SELECTOR_OPERATORS } from '../../api/meta.ts';
import { SERVED_VERSIONS, STORAGE_VERSION } from '../../api/names.ts';
import { MAX_IMAGES_PER_NODE } from '../../api/node-image.ts';
import { customResourceDefinitions, OWN_CRDS, WORKLOAD_CRDS } from '../../manifests/crds.ts';
import {
  EVERY_FIELD_OF_CLONE_SET,
  EVERY_FIELD_OF_DAEMON_SET,
  EVERY_FIELD_OF_IMAGE_LIST_PULL_JOB,
  EVERY_FIELD_OF_IMAGE_PULL_JOB,
  EVERY_FIELD_OF_NODE_IMAGE,
  EVERY_FIELD_OF_STATEFUL_SET,
} from './every-field.ts';
import {
  type Schema,
  schemaAt,
  schemaOf,
  structuralValidator,
  versionsOf,
  walk,
  withSchemaDefaults,
} from './structural-schema.ts';

const all = customResourceDefinitions([...OWN_CRDS, ...WORKLOAD_CRDS]);
const [job, list, nodeImage, cloneSet, statefulSet, daemonSet] = all.map(schemaOf) as [
  Schema,
  Schema,
  Schema,
  Schema,
  Schema,
  Schema,
];

describe('CustomResourceDefinitions', () => {
  for (const crd of all) {
    describe(crd.metadata.name, () => {
      const versions = versionsOf(crd);

      it('serves both versions, stores the newer one and needs no conversion', () => {
        assert.deepEqual(versions.map(({ name }) => name).toSorted(), SERVED_VERSIONS);
        assert.ok(versions.every(({ served }) => served));
        const stored = versions.filter(({ storage }) => storage).map(({ name }) => name);
        assert.deepEqual(stored, [STORAGE_VERSION]);
        const { conversion } = crd['spec'] as { conversion: object };
        assert.deepEqual(conversion, { strategy: 'None' });
      });

      it('has the same schema, columns and subresources in both versions', () => {
        const [a, b] = versions.map(({ schema, additionalPrinterColumns, subresources }) => ({
          schema,
          additionalPrinterColumns,
          subresources,
        }));
        assert.deepEqual(a, b);
        assert.ok('status' in (a?.subresources ?? {}));
      });

      it('explains every field', () => {
        const silent = [...walk(schemaOf(crd))]
          .filter(([path, { description }]) => !path.endsWith('*') && description === undefined)
          .map(([path]) => path);
        assert.deepEqual(silent, ['.metadata']);
      });
    });
  }

  const columns: readonly (readonly [string, string])[] = [
    ['imagepulljobs', 'TOTAL ACTIVE SUCCEED FAILED AGE MESSAGE'],
    ['imagelistpulljobs', 'TOTAL SUCCEEDED COMPLETED AGE'],
    ['nodeimages', 'DESIRED PULLING SUCCEED FAILED AGE'],
    ['clonesets', 'DESIRED UPDATED UPDATED_READY READY TOTAL AGE'],
    ['statefulsets', 'DESIRED CURRENT UPDATED READY AGE'],
    ['daemonsets', 'DESIRED CURRENT READY UP-TO-DATE AVAILABLE AGE'],
  ];
  for (const [i, [plural, expected]] of columns.entries()) {
    it(`prints the peer's columns of ${plural}, and others only with -o wide`, () => {
      const [version] = versionsOf(all[i] ?? assert.fail());
      const narrow = version?.additionalPrinterColumns.filter(({ priority }) => !priority);
      assert.equal(narrow?.map(({ name }) => name).join(' '), expected);
    });
  }
});

describe('Schemas and api/', () => {
  const enums: readonly (readonly [string, Schema, readonly string[]])[] = [
    ['spec.completionPolicy.type', job, COMPLETION_TYPES],
    ['spec.imagePullPolicy', job, IMAGE_PULL_POLICIES],
    ['spec.selector.matchExpressions.*.operator', job, LABEL_SELECTOR_OPERATORS],
    ['spec.podSelector.matchExpressions.*.operator', job, LABEL_SELECTOR_OPERATORS],
    ['spec.images.*.tags.*.imagePullPolicy', nodeImage, IMAGE_PULL_POLICIES],
  ];
  for (const [path, schema, values] of enums) {
    it(`agree on the values of ${path}`, () => {
      assert.deepEqual(schemaAt(schema, path).enum, values);
    });
  }

  it('agree on how many images a list and a node hold', () => {
    assert.equal(schemaAt(list, 'spec.images').maxItems, MAX_LIST_IMAGES);
    assert.equal(schemaAt(nodeImage, 'spec.images').maxProperties, MAX_IMAGES_PER_NODE);
  });

  it('agree on the defaults of an ImagePullJob', () => {
    const written = { spec: { image: 'nginx' } };
    assert.deepEqual(withSchemaDefaults(job, written), defaultImagePullJob(written));
  });

  it('agree on the defaults of an ImageListPullJob', () => {
    const written = { spec: { images: ['nginx'], pullPolicy: { backoffLimit: 1 } } };
    assert.deepEqual(withSchemaDefaults(list, written), defaultImageListPullJob(written));
  });

  it('agree on the defaults of a NodeImage', () => {
    const createdAt = '2026-01-31T12:00:00Z';
    const tag = { tag: '1', createdAt, pullPolicy: { ttlSecondsAfterFinished: 300 } };
    const written = { spec: { images: { nginx: { tags: [tag] } } } };
    assert.deepEqual(
      withSchemaDefaults(nodeImage, written),
      defaultNodeImage(written, 'not needed'),
    );
    assert.deepEqual(withSchemaDefaults(nodeImage, {}), { spec: {} });
  });

  it('give updateStrategy no defaults, so that its two shapes never mix', () => {
    for (const schema of [cloneSet, statefulSet]) {
      const defaults = [...walk(schemaAt(schema, 'spec.updateStrategy'))];
      assert.ok(defaults.every(([, inner]) => inner.default === undefined));
    }
  });

  const everyField: readonly (readonly [string, Schema, unknown])[] = [
    ['ImagePullJob', job, EVERY_FIELD_OF_IMAGE_PULL_JOB],
    ['ImageListPullJob', list, EVERY_FIELD_OF_IMAGE_LIST_PULL_JOB],
    ['NodeImage', nodeImage, EVERY_FIELD_OF_NODE_IMAGE],
    ['CloneSet', cloneSet, EVERY_FIELD_OF_CLONE_SET],
    ['StatefulSet', statefulSet, EVERY_FIELD_OF_STATEFUL_SET],
    ['DaemonSet', daemonSet, EVERY_FIELD_OF_DAEMON_SET],
  ];
  for (const [kind, schema, object] of everyField) {
    it(`know every field of ${kind}`, () => {
      assert.deepEqual(structuralValidator(schema)(object), []);
    });
  }

  it('say the same of a list job and of a job, but for the image and its pull policy', () => {
    const shared = (schema: Schema): unknown => {
      const own = ['image', 'images', 'imagePullPolicy', 'description'];
      const { properties } = schemaAt(schema, 'spec');
      return JSON.parse(JSON.stringify(properties), (key, value: unknown) =>
        own.includes(key) ? undefined : value,
      );
    };
    assert.deepEqual(shared(list), shared(job));
  });

  it('have no CEL on NodeImage, which every daemon writes often', () => {
    const rules = [...walk(nodeImage)].filter(([, inner]) => inner['x-kubernetes-validations']);
    assert.deepEqual(rules, []);
  });
});

describe('The CEL rule of image references', () => {
  const rule = schemaAt(job, 'spec.image')['x-kubernetes-validations']?.find(each =>
    each.rule.includes('matches'),
  );
  const pattern = new RegExp(/self\.matches\('(\^\(.*?\$)'\)/.exec(rule?.rule ?? '')?.[1] ?? '');

  it('is the same for the images of a list', () => {
    assert.deepEqual(schemaAt(list, 'spec.images.*')['x-kubernetes-validations'], [rule]);
  });

  it('passes every reference that the webhook passes', () => {
    const letters = (...units: string[]): fc.Arbitrary<string> =>
      fc.string({ unit: fc.constantFrom(...units), minLength: 1, maxLength: 8 });
    const word = letters('a', 'z', '0', '9', '.', '_', '__', '-');
    const host = letters('a', 'Z', '5', '.', '-');
    const reference = fc
      .tuple(
        fc.option(fc.tuple(host, fc.option(fc.nat(65535)))),
        fc.array(word, { minLength: 1, maxLength: 3 }),
        fc.option(letters('a', 'Z', '5', '_', '.', '-')),
        fc.option(fc.constant(`sha256:${'0a'.repeat(32)}`)),
      )
      .map(([registry, path, tag, digest]) =>
        [
          registry ? `${registry[0]}${registry[1] === null ? '' : `:${registry[1]}`}/` : '',
          path.join('/'),
          tag === null ? '' : `:${tag}`,
          digest === null ? '' : `@${digest}`,
        ].join(''),
      );
    fc.assert(
      fc.property(reference, text => {
        fc.pre(parseImageReference(text).ok);
        assert.match(text, pattern);
      }),
      { numRuns: 2000 },
    );
  });

  it('denies most of what the webhook denies', () => {
    const wrong = ['', ' nginx', 'nginx:', 'NGINX', 'Team/app', 'a//b', 'nginx@sha256:12', 'a:b:c'];
    for (const text of [...wrong, 'https://a/b', 'nginx:-1', '-a', 'a-', 'reg:5000', 'a_.b']) {
      if (parseImageReference(text).ok) continue;
      assert.doesNotMatch(text, pattern);
    }
  });
});
