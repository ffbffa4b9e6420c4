import assert from 'node:assert/strict';
import fc from 'fast-check';
import fastJsonPatch from 'fast-json-patch';
import { defaultImagePullJob } from '../../api/default-image-pull-job.ts';
import type { Resource } from '../../api/resource.ts';
import { IMAGE_LIST_PULL_JOBS, IMAGE_PULL_JOBS, NODE_IMAGES } from '../../api/resources.ts';
import type { AdmissionDecision } from '../../webhook/admission.ts';
import { fakeDeps } from './fakes.ts';
import { requestOf, routeOf } from './review.ts';

type Json = Record<string, unknown>;

const job = (spec: Json, metadata: Json = {}): Json => ({
  apiVersion: 'apps.kruise.io/v1beta1',
  kind: 'ImagePullJob',
  metadata: { name: 'sample', namespace: 'default', ...metadata },
  spec,
});

const bothSelectors = {
  image: 'nginx:1.27',
  selector: { names: ['node-1'] },
  podSelector: { matchLabels: { app: 'web' } },
};

function patched(object: object, decision: AdmissionDecision): unknown {
  assert.equal(decision.type, 'allowed');
  const copy = structuredClone(object);
  const patch = decision.type === 'allowed' ? (decision.patch ?? []) : [];
  return fastJsonPatch.applyPatch(copy, [...patch], true).newDocument;
}

const OWN_KINDS: readonly Resource[] = [IMAGE_PULL_JOBS, IMAGE_LIST_PULL_JOBS, NODE_IMAGES];

describe('mutateOwnKind', () => {
  const { handler } = routeOf('mutating', IMAGE_PULL_JOBS);

  it('patches the defaults in, and nothing the second time', () => {
    const deps = fakeDeps();
    const created = job({ image: 'nginx:1.27', pullPolicy: { timeoutSeconds: 5 } });
    const result = patched(created, handler(requestOf(created), deps)) as Json;
    assert.deepEqual(result, defaultImagePullJob(created));
    assert.deepEqual(handler(requestOf(result), deps), {
      type: 'allowed',
      patch: [],
      warnings: [],
    });
  });

  it('stamps the tags of a NodeImage with the time of the clock', () => {
    const tag = { tag: '1.27', pullPolicy: { ttlSecondsAfterFinished: 60 } };
    const image = { metadata: { name: 'n' }, spec: { images: { nginx: { tags: [tag] } } } };
    const decision = routeOf('mutating', NODE_IMAGES).handler(
      requestOf(image, undefined, NODE_IMAGES),
      fakeDeps(),
    );
    assert.match(JSON.stringify(patched(image, decision)), /"createdAt":"2026-01-01T00:00:00Z"/);
  });

  it('denies with every violation at once', () => {
    const decision = handler(
      requestOf(job({ ...bothSelectors, image: 'NGINX', parallelism: -1 })),
      fakeDeps(),
    );
    assert.equal(decision.type, 'denied');
    const paths = decision.type === 'denied' ? decision.errors.map(({ path }) => path) : [];
    assert.ok(paths.includes('spec.image'));
    assert.ok(paths.includes('spec.parallelism'));
    assert.ok(paths.some(path => /elector/.test(path)));
  });

  it('judges an update by what it changes', () => {
    const old = job({ image: 'nginx:1.27' });
    const renamed = job({ image: 'nginx:1.28' });
    assert.equal(handler(requestOf(renamed, old), fakeDeps()).type, 'denied');
    const labelled = job({ image: 'nginx:1.27' }, { labels: { a: 'b' } });
    assert.equal(handler(requestOf(labelled, old), fakeDeps()).type, 'allowed');
  });

  it('lets go of an object that is being deleted, however wrong it is', () => {
    const going = job(bothSelectors, { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: [] });
    const request = requestOf(going, job({ image: 'nginx:1.27' }));
    assert.deepEqual(handler(request, fakeDeps()), { type: 'allowed', warnings: [] });
  });

  it('passes the advice on a job, filled in, as warnings', () => {
    const deps = fakeDeps();
    deps.advice.lines = ['matches no node', 'x'.repeat(500)];
    const created = job({ image: 'nginx:1.27' });
    const decision = handler(requestOf(created), deps);
    assert.deepEqual('warnings' in decision && decision.warnings, [
      'matches no node',
      `${'x'.repeat(119)}…`,
    ]);
    assert.deepEqual(deps.advice.jobs, [defaultImagePullJob(created)]);
  });

  it('asks for no advice on a job that it denies', () => {
    const deps = fakeDeps();
    handler(requestOf(job(bothSelectors)), deps);
    assert.deepEqual(deps.advice.jobs, []);
  });

  it('goes on without advice that fails, and logs it', () => {
    const deps = fakeDeps();
    deps.advice.failure = new Error('no cache');
    const decision = handler(requestOf(job({ image: 'nginx:1.27' })), deps);
    assert.equal(decision.type, 'allowed');
    assert.deepEqual(
      deps.log.lines.map(({ level, message }) => [level, message]),
      [['warn', 'Advice failed']],
    );
  });
});

describe('validateOwnKind', () => {
  it('repeats the rules without changing anything', () => {
    const { handler } = routeOf('validating', IMAGE_PULL_JOBS);
    assert.equal(handler(requestOf(job(bothSelectors)), fakeDeps()).type, 'denied');
    const good = handler(requestOf(job({ image: 'nginx:1.27' })), fakeDeps());
    assert.deepEqual(good, { type: 'allowed', warnings: [] });
  });
});

describe('webhooks of our own kinds', () => {
  const field = fc.constantFrom(
    'image',
    'images',
    'selector',
    'podSelector',
    'parallelism',
    'pullPolicy',
    'completionPolicy',
    'sandboxConfig',
    'imagePullPolicy',
    'pullSecrets',
    '__proto__',
    'constructor',
  );
  const spec = fc.oneof(fc.jsonValue(), fc.dictionary(field, fc.jsonValue()));
  const anything = fc.record({ metadata: fc.jsonValue(), spec }, { requiredKeys: [] });

  for (const resource of OWN_KINDS) {
    for (const type of ['mutating', 'validating'] as const) {
      it(`judge a ${resource.kind} with any JSON in any field (${type})`, () => {
        const { handler } = routeOf(type, resource);
        fc.assert(
          fc.property(anything, fc.option(anything, { nil: undefined }), (object, old) => {
            const plain = JSON.parse(JSON.stringify(object)) as Json;
            const decision = handler(requestOf(plain, old, resource), fakeDeps());
            assert.ok(decision.type === 'allowed' || decision.type === 'denied');
          }),
        );
      });
    }
  }

  it('take a member named __proto__ for data', () => {
    const text =
      '{"metadata":{"name":"a"},"spec":{"image":"nginx","__proto__":{"parallelism":-1}}}';
    const object = JSON.parse(text) as Json;
    const decision = routeOf('mutating', IMAGE_PULL_JOBS).handler(requestOf(object), fakeDeps());
    assert.equal(decision.type, 'allowed');
    assert.equal(({} as Json)['parallelism'], undefined);
  });

  it('survive a field that is 100,000 levels deep', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as unknown;
    for (const resource of OWN_KINDS) {
      const object = job({ image: 'nginx', images: deep, selector: deep, extra: { deep } });
      const { handler } = routeOf('mutating', resource);
      assert.doesNotThrow(() => handler(requestOf(object, undefined, resource), fakeDeps()));
      assert.doesNotThrow(() => handler(requestOf(object, object, resource), fakeDeps()));
    }
  });
});
