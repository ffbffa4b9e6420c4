import assert from 'node:assert/strict';
import { customResourceDefinitions } from '../../manifests/crds.ts';
import { imagePullJob, named, nodeImage, TAG } from '../manifests/test-objects.ts';
import { type CrdServer, startCrdServer } from './crd-server.ts';
import { describeWith } from './kubernetes-version.ts';
import { until } from './until.ts';

describe('CRDs on kube-apiserver, over the life of an object', () => {
  let server: CrdServer;

  before(async () => {
    server = await startCrdServer();
  });
  after(() => server[Symbol.asyncDispose]());

  describe('never stand in the way of a status', () => {
    const nodes = Array.from({ length: 1000 }, (_, i) => `${`node-${i}-`.padEnd(250, 'x')}z`);

    it('of a job whose spec and status are as large as they get', async () => {
      const values = Array.from({ length: 100 }, (_, i) => `${i}`.padStart(63, 'v'));
      const expressions = values.map(key => ({ key, operator: 'In', values }));
      await server.create(
        named(
          'large',
          imagePullJob({
            image: `${'a'.repeat(255)}:${'t'.repeat(128)}@sha512:${'0a'.repeat(64)}`,
            pullSecrets: Array.from({ length: 100 }, (_, i) => `${i}`.padStart(253, 's')),
            podSelector: { matchExpressions: expressions },
          }),
        ),
      );
      await server.patchStatus(['imagepulljob', 'large'], { desired: 5000, failedNodes: nodes });
    });

    it('of a job that names 5,000 nodes', async () => {
      const names = Array.from({ length: 5000 }, (_, i) => `node-${i}.example.com`);
      await server.create(named('names', imagePullJob({ selector: { names } })));
      await server.patchStatus(['imagepulljob', 'names'], { desired: 5000, failedNodes: nodes });
    });

    it('of a list of 255 images', async () => {
      const images = Array.from(
        { length: 255 },
        (_, i) => `registry.example.com/${'a'.repeat(200)}:${i}`,
      );
      await server.create({
        ...imagePullJob({}),
        kind: 'ImageListPullJob',
        metadata: { name: 'long' },
        spec: { images },
      });
      await server.patchStatus(['imagelistpulljob', 'long'], { desired: 255, active: 3 });
    });

    it('of a node with 256 images', async () => {
      const names = Array.from({ length: 256 }, (_, i) => `app-${i}`);
      const images = Object.fromEntries(names.map(name => [name, { tags: [TAG] }]));
      await server.create({ ...nodeImage([]), metadata: { name: 'full' }, spec: { images } });
      const result = { tag: '1', phase: 'Failed', message: 'm'.repeat(1024), version: 0 };
      const imageStatuses = Object.fromEntries(names.map(name => [name, { tags: [result] }]));
      await server.patchStatus(['nodeimage', 'full'], { desired: 256, failed: 256, imageStatuses });
    });
  });

  describeWith('validationRatcheting', 'let an object that broke a rule before live on', () => {
    const was = named('legacy', {
      ...imagePullJob({ imagePullPolicy: 'Never', parallelism: 'abc', selector: { names: [] } }),
    });
    const what = ['imagepulljob', 'legacy'] as const;
    before(async () => {
      const [jobs] = customResourceDefinitions(['imagepulljobs']);
      assert.ok(jobs);
      await server.kubectl(['replace', '-f', '-'], { input: JSON.stringify(withoutRules(jobs)) });
      await until(() => server.create(was).then(() => true), { what: 'the rules to go' });
      await server.kubectl(['replace', '-f', 'manifests/crds/imagepulljobs.yaml']);
      const broken = named('broken', imagePullJob({ parallelism: 'abc' }));
      await until(
        async () => (await server.attempt(['create', '--dry-run=server'], broken)).code === 1,
        { what: 'the rules to come back' },
      );
    });

    it('with other labels', () => server.patch(what, { metadata: { labels: { a: 'b' } } }));
    it('with another status', () => server.patchStatus(what, { desired: 1 }));
    it('with another field of its spec', () =>
      server.patch(what, { spec: { pullPolicy: { timeoutSeconds: 5 } } }));
    it('without its finalizers', async () => {
      await server.patch(what, { metadata: { finalizers: ['example.com/hold'] } });
      await server.patch(what, { metadata: { finalizers: null } });
    });
    it('but not with the broken field changed into another broken one', () =>
      assert.rejects(
        server.patch(what, { spec: { parallelism: 'xyz' } }),
        /spec\.parallelism: Forbidden: must be a number/,
      ));
    it('and with the broken fields mended', () =>
      server.patch(what, { spec: { parallelism: 3, imagePullPolicy: 'Always', selector: null } }));
  });
});

/** The definition as if Headstart had no rules: types only. */
function withoutRules(crd: object): object {
  const rules = new Set(['x-kubernetes-validations', 'enum', 'pattern', 'minimum', 'maxLength']);
  return JSON.parse(
    JSON.stringify(crd, (key, value: unknown) => (rules.has(key) ? undefined : value)),
  ) as object;
}
