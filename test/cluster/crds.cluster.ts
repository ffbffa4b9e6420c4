import assert from 'node:assert/strict';
import { customResourceDefinitions, OWN_CRDS, WORKLOAD_CRDS } from '../../manifests/crds.ts';
import { ALLOWED_OBJECTS } from '../manifests/allowed-objects.ts';
import { DENIED_OBJECTS, STORED_OBJECTS } from '../manifests/denied-objects.ts';
import { DOCUMENTS_AS_WRITTEN } from '../manifests/documents-as-written.ts';
import { imagePullJob, named, nodeImage, TAG, type TestObject } from '../manifests/test-objects.ts';
import { type CrdServer, startCrdServer } from './crd-server.ts';

const VERSIONS = ['v1alpha1', 'v1beta1'] as const;

interface Conditioned {
  readonly status: { readonly conditions: readonly { readonly type: string; status: string }[] };
}

describe('CRDs on kube-apiserver, no webhook running', () => {
  const crds = customResourceDefinitions([...OWN_CRDS, ...WORKLOAD_CRDS]);
  let server: CrdServer;

  before(async () => {
    server = await startCrdServer();
  });
  after(() => server[Symbol.asyncDispose]());

  describe('are taken by the API server', () => {
    for (const { metadata } of crds) {
      it(`${metadata.name} is structural and its rules are within the cost limit`, async () => {
        const { status } = await server.get<Conditioned>('crd', metadata.name);
        const conditions = status.conditions.map(({ type, status: value }) => `${type}=${value}`);
        assert.deepEqual(conditions.toSorted(), ['Established=True', 'NamesAccepted=True']);
      });
    }

    it('explain their fields to kubectl', async () => {
      const text = await server.kubectl(['explain', 'imagepulljob.spec.parallelism']);
      assert.match(text, /Default 1; 0 pauses the job/);
    });
  });

  describe('deny', () => {
    const apply = (manifest: string | object): ReturnType<CrdServer['attempt']> =>
      server.attempt(['apply', '--dry-run=server'], manifest);

    for (const { title, object, was, says } of DENIED_OBJECTS) {
      it(title, async () => {
        if (was !== undefined) await server.controlPlane.apply(was);
        const { code, stderr } = await apply(object);
        if (was !== undefined) {
          await server.kubectl(['delete', was.kind.toLowerCase(), was.metadata.name]);
        }
        assert.equal(code, 1);
        assert.match(stderr, says);
      });
    }

    describe('as a change of what is stored', () => {
      before(async () => {
        for (const object of STORED_OBJECTS) await server.create(object);
      });
      after(async () => {
        for (const { kind } of STORED_OBJECTS) await server.kubectl(['delete', kind, 'stored']);
      });
      for (const { title, object, was, says } of DENIED_OBJECTS) {
        if (was !== undefined) continue;
        it(title, async () => {
          const replace = ['replace', '--dry-run=server'];
          const { code, stderr } = await server.attempt(replace, named('stored', object));
          assert.equal(code, 1);
          assert.match(stderr, says);
        });
      }
    });

    for (const { title, manifest, says } of DOCUMENTS_AS_WRITTEN) {
      it(title, async () => {
        const { code, stderr } = await apply(manifest);
        assert.equal(code, 1);
        assert.match(stderr, says);
      });
    }

    it('the same in v1alpha1', async () => {
      const object = imagePullJob({ selector: {}, podSelector: {} });
      const older = { ...object, apiVersion: 'apps.kruise.io/v1alpha1' };
      const { stderr } = await apply(older);
      assert.match(stderr, /set selector or podSelector, not both/);
    });
  });

  describe('allow', () => {
    for (const [title, object] of ALLOWED_OBJECTS) {
      it(title, () => server.create(object, '--dry-run=server'));
    }

    it('a repeated pull secret, which does no harm', async () => {
      await server.create(named('repeated', imagePullJob({ pullSecrets: ['a', 'a'] })));
    });
  });

  describe('keep', () => {
    it('what was written in one version when it is read in the other', async () => {
      const pullSecrets = [{ namespace: 'kruise-daemon-config', name: 'copy', mode: 'batch' }];
      const spec = { images: { nginx: { pullSecrets, tags: [{ ...TAG, version: 3 }] } } };
      const written = { ...nodeImage([]), metadata: { name: 'both' }, spec };
      await server.create({ ...written, apiVersion: 'apps.kruise.io/v1alpha1' });
      const read = VERSIONS.map(version =>
        server.get<TestObject>(`nodeimages.${version}.apps.kruise.io/both`),
      );
      const [older, newer] = await Promise.all(read);
      assert.deepEqual(older?.spec, newer?.spec);
      assert.deepEqual(newer?.spec, {
        images: {
          nginx: {
            pullSecrets,
            tags: [
              {
                tag: '1',
                version: 3,
                pullPolicy: { ttlSecondsAfterFinished: 300, timeoutSeconds: 600, backoffLimit: 3 },
              },
            ],
          },
        },
      });
    });

    it('defaults, although nobody but the API server fills them in', async () => {
      await server.create(named('defaulted', imagePullJob({ parallelism: 2 })));
      const { spec } = await server.get<TestObject>('imagepulljob', 'defaulted');
      assert.deepEqual(spec, {
        image: 'nginx:1',
        parallelism: 2,
        completionPolicy: { type: 'Always' },
        pullPolicy: { timeoutSeconds: 600, backoffLimit: 3 },
        imagePullPolicy: 'IfNotPresent',
      });
    });

    it('both shapes of updateStrategy, and all of the pod template', async () => {
      const template = {
        metadata: { labels: { app: 'web' }, annotations: { a: 'b' }, creationTimestamp: null },
        spec: { containers: [{ name: 'web', image: 'nginx:1', env: [{ name: 'A', value: 'b' }] }] },
      };
      const selector = { matchLabels: { app: 'web' } };
      const shapes = {
        v1alpha1: { type: 'InPlaceIfPossible', partition: '50%', maxUnavailable: 1, paused: false },
        v1beta1: {
          type: 'RollingUpdate',
          rollingUpdate: { podUpdatePolicy: 'InPlaceOnly', partition: 2, maxSurge: '10%' },
        },
      };
      for (const version of VERSIONS) {
        const updateStrategy = shapes[version];
        const spec = { selector, template, updateStrategy };
        await server.create({
          apiVersion: `apps.kruise.io/${version}`,
          kind: 'CloneSet',
          metadata: { name: version },
          spec,
        });
        for (const other of VERSIONS) {
          const read = await server.get<{ spec: object }>(
            `clonesets.${other}.apps.kruise.io/${version}`,
          );
          assert.deepEqual(read.spec, { ...spec, replicas: 1, revisionHistoryLimit: 10 });
        }
      }
    });

    it('the number of replicas where kubectl scale and autoscalers find it', async () => {
      await server.kubectl(['scale', 'clone', 'v1beta1', '--replicas=7']);
      await server.patchStatus(['clone', 'v1beta1'], { replicas: 5, labelSelector: 'app=web' });
      const { spec, status } = await server.get<{ spec: object; status: object }>(
        'clone',
        'v1beta1',
        '--subresource=scale',
      );
      assert.deepEqual(spec, { replicas: 7 });
      assert.deepEqual(status, { replicas: 5, selector: 'app=web' });
    });
  });
});
