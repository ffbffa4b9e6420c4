import assert from 'node:assert/strict';
import type { OwnerReference } from '../../api/meta.ts';
import { IMAGE_PULL_JOBS, NODES, SECRETS } from '../../api/resources.ts';
import { isNotFound, KubeError } from '../../kube/kube-error.ts';
import { imagePullJob, secret } from '../conformance/kube-client/objects.ts';
import { kubeClientSuite } from '../conformance/kube-client.suite.ts';
import { FakeKube } from '../support/fake-kube.ts';

kubeClientSuite({
  name: 'FakeKube',
  hasSchemas: false,
  open: () => {
    const fake = new FakeKube();
    return Promise.resolve({
      client: fake,
      namespace: 'default',
      pass: ms => fake.clock.advance(ms),
      forgottenVersion: async () => {
        const { resourceVersion } = await fake.list(NODES);
        fake.seed(NODES, { metadata: { name: 'n1' } });
        fake.compact();
        return resourceVersion;
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  },
});

describe('FakeKube', () => {
  const owner = (uid: string): OwnerReference => ({
    apiVersion: 'apps.kruise.io/v1beta1',
    kind: 'ImagePullJob',
    name: 'owner',
    uid,
  });

  /** An owner with a dependent of its own and one that it shares. */
  function family() {
    const fake = new FakeKube({ collectsGarbage: true });
    const { uid = '' } = fake.seed(IMAGE_PULL_JOBS, imagePullJob('ns', 'owner')).metadata;
    const dependent = (name: string, ...owners: string[]) => {
      const { metadata, ...rest } = secret('ns', name);
      fake.seed(SECRETS, {
        ...rest,
        metadata: { ...metadata, ownerReferences: owners.map(owner) },
      });
    };
    dependent('own', uid);
    dependent('shared', uid, 'other');
    return fake;
  }

  for (const propagationPolicy of ['Background', 'Foreground'] as const) {
    it(`collects garbage when an owner is deleted (${propagationPolicy})`, async () => {
      const fake = family();
      await fake.delete(IMAGE_PULL_JOBS, { namespace: 'ns', name: 'owner' }, { propagationPolicy });
      assert.deepEqual(fake.readAll(IMAGE_PULL_JOBS), []);
      const [left, ...others] = fake.readAll(SECRETS);
      assert.deepEqual(others, []);
      assert.equal(left?.metadata.name, 'shared');
      assert.deepEqual(
        left?.metadata.ownerReferences?.map(({ uid }) => uid),
        ['other'],
      );
    });
  }

  it('plays faults before a call is carried out and after', async () => {
    const fake = new FakeKube();
    const lost = new KubeError('lost', { status: 0 });
    fake.before = ({ verb }) => {
      if (verb === 'create') throw lost;
    };
    await assert.rejects(fake.create(NODES, { metadata: { name: 'n1' } }), lost);
    assert.equal(fake.read(NODES, 'n1'), undefined);
    fake.before = () => {};
    fake.after = () => Promise.reject(lost);
    await assert.rejects(fake.create(NODES, { metadata: { name: 'n1' } }), lost);
    assert.equal(fake.read(NODES, 'n1')?.metadata.name, 'n1');
    assert.equal(fake.writes.length, 2);
  });

  it('ends a call that is held up at its deadline', async () => {
    const fake = new FakeKube();
    fake.before = () => new Promise(() => {});
    const call = fake.get(NODES, { name: 'n1' }, { deadlineMs: 100 });
    const failed = assert.rejects(call, (error: KubeError) => error.status === 0);
    await fake.clock.advance(100);
    await failed;
  });

  it('answers 404 for a kind that is not served', async () => {
    const fake = new FakeKube();
    fake.serve(NODES, false);
    await assert.rejects(fake.list(NODES), isNotFound);
    assert.equal(await fake.get(NODES, { name: 'n1' }), undefined);
  });

  it('gives copies: nobody can change what it holds', async () => {
    const fake = new FakeKube();
    fake.seed(SECRETS, secret('ns', 's'));
    const found = await fake.get(SECRETS, { namespace: 'ns', name: 's' });
    Object.assign(found?.metadata ?? {}, { labels: { changed: 'yes' } });
    assert.deepEqual(fake.read(SECRETS, 'ns/s')?.metadata.labels, {});
  });
});
