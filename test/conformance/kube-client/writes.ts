import assert from 'node:assert/strict';
import type { Secret } from '../../../api/core.ts';
import { IMAGE_PULL_JOBS, LEASES, NODE_IMAGES, SECRETS } from '../../../api/resources.ts';
import type { Patch } from '../../../kube/kube-client.ts';
import { isAlreadyExists, isConflict, isInvalid, isNotFound } from '../../../kube/kube-error.ts';
import type { Harness } from '../kube-client.suite.ts';
import { freshName, imagePullJob, nodeImage, secret } from './objects.ts';

const FINALIZER = 'headstart.test/hold';

const replaceVersion = (resourceVersion: string | undefined, labels: object): Patch => ({
  type: 'json',
  operations: [
    { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
    { op: 'add', path: '/metadata/labels', value: labels },
  ],
});

/** create, patch and delete. */
export function writeSuite(harness: Harness): void {
  /** A Secret that was just created. */
  async function someSecret(): Promise<Secret> {
    const { client, namespace } = harness();
    return client.create(SECRETS, secret(namespace, freshName('write'), { a: '1', b: '2' }));
  }
  const nameOf = ({ metadata }: Secret) => ({
    namespace: harness().namespace,
    name: metadata.name,
  });

  describe('create', () => {
    it('returns the object with what the server filled in', async () => {
      const { metadata, kind, apiVersion } = await someSecret();
      assert.ok(metadata.uid);
      assert.ok(metadata.resourceVersion);
      assert.match(metadata.creationTimestamp ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      assert.deepEqual({ kind, apiVersion }, { kind: 'Secret', apiVersion: 'v1' });
    });

    it('of a taken name says so, and that it is no conflict of writers', async () => {
      const taken = await someSecret();
      const again = secret(harness().namespace, taken.metadata.name);
      const error = await harness()
        .client.create(SECRETS, again)
        .catch((e: unknown) => e);
      assert.ok(isAlreadyExists(error));
      assert.ok(!isConflict(error));
    });

    it('completes a generateName', async () => {
      const { client, namespace } = harness();
      const metadata = { namespace, name: '', generateName: 'made-' };
      const { metadata: created } = await client.create(SECRETS, { metadata });
      assert.match(created.name, /^made-.+/);
    });

    it('drops the status of kinds that have it as a subresource', async () => {
      const { client } = harness();
      const status = { desired: 1, pulling: 0, succeeded: 1, failed: 0 };
      const created = await client.create(NODE_IMAGES, { ...nodeImage(freshName('new')), status });
      assert.equal(created.status, undefined);
    });

    it('takes a Lease with microseconds', async () => {
      const { client, namespace } = harness();
      const renewTime = '2026-01-02T03:04:05.678000Z';
      const metadata = { namespace, name: freshName('lease') };
      const created = await client.create(LEASES, { metadata, spec: { renewTime } });
      assert.equal(created.spec?.renewTime, renewTime);
    });
  });

  describe('patch', () => {
    it('of type merge sets, replaces and removes', async () => {
      const made = await someSecret();
      const body = { metadata: { labels: { a: null, b: '3', c: '4' } } };
      const patched = await harness().client.patch(SECRETS, nameOf(made), { type: 'merge', body });
      assert.deepEqual(patched.metadata.labels, { b: '3', c: '4' });
      assert.deepEqual(patched.data, made.data);
    });

    it('of type json adds, replaces and removes', async () => {
      const made = await someSecret();
      const operations = [
        { op: 'remove', path: '/metadata/labels/a' },
        { op: 'replace', path: '/metadata/labels/b', value: '3' },
        { op: 'add', path: '/metadata/labels/a.b~1c', value: '4' },
      ] as const;
      const patched = await harness().client.patch(SECRETS, nameOf(made), {
        type: 'json',
        operations,
      });
      assert.deepEqual(patched.metadata.labels, { b: '3', 'a.b/c': '4' });
    });

    it('guarded by the resourceVersion is a conflict when somebody wrote meanwhile', async () => {
      const { client } = harness();
      const made = await someSecret();
      const version = made.metadata.resourceVersion;
      const first = client.patch(SECRETS, nameOf(made), replaceVersion(version, { by: 'first' }));
      assert.deepEqual((await first).metadata.labels, { by: 'first' });
      const second = client.patch(SECRETS, nameOf(made), replaceVersion(version, { by: 'second' }));
      await assert.rejects(second, isConflict);
    });

    it('guarded alike by many writers at once lets exactly one through', async () => {
      const { client } = harness();
      const made = await someSecret();
      const writers = Array.from({ length: 8 }, (_, i) =>
        client.patch(
          SECRETS,
          nameOf(made),
          replaceVersion(made.metadata.resourceVersion, { by: `w${i}` }),
        ),
      );
      const results = await Promise.allSettled(writers);
      const failures = results.filter(result => result.status === 'rejected');
      assert.equal(failures.length, 7);
      assert.ok(failures.every(failure => isConflict(failure.reason)));
    });

    it('whose test fails is invalid, not a conflict', async () => {
      const made = await someSecret();
      const operations = [{ op: 'test', path: '/metadata/labels/a', value: 'other' }] as const;
      const patching = harness().client.patch(SECRETS, nameOf(made), { type: 'json', operations });
      await assert.rejects(patching, isInvalid);
    });

    it('that changes nothing leaves the resourceVersion', async () => {
      const made = await someSecret();
      const body = { metadata: { labels: { a: '1' } } };
      const patched = await harness().client.patch(SECRETS, nameOf(made), { type: 'merge', body });
      assert.equal(patched.metadata.resourceVersion, made.metadata.resourceVersion);
    });

    it('of an object that does not exist is a 404', async () => {
      const { client, namespace } = harness();
      const name = { namespace, name: freshName('missing') };
      await assert.rejects(client.patch(SECRETS, name, { type: 'merge', body: {} }), isNotFound);
    });

    it('of the status leaves the spec, and the other way round', async () => {
      const { client } = harness();
      const name = freshName('status');
      await client.create(NODE_IMAGES, nodeImage(name));
      const status = { desired: 1, pulling: 0, succeeded: 1, failed: 0 };
      const body = { spec: { images: null }, status };
      const merge = { type: 'merge', body } as const;
      const told = await client.patch(NODE_IMAGES, { name }, merge, { subresource: 'status' });
      assert.equal(told.status?.succeeded, 1);
      assert.deepEqual(Object.keys(told.spec?.images ?? {}), ['nginx']);
      assert.equal(told.metadata.generation, 1);

      const asked = await client.patch(
        NODE_IMAGES,
        { name },
        {
          type: 'merge',
          body: {
            spec: {
              images: {
                redis: { tags: [{ tag: '7', pullPolicy: { ttlSecondsAfterFinished: 600 } }] },
              },
            },
            status: { succeeded: 9 },
          },
        },
      );
      assert.equal(asked.status?.succeeded, 1);
      assert.deepEqual(Object.keys(asked.spec?.images ?? {}).sort(), ['nginx', 'redis']);
      assert.equal(asked.metadata.generation, 2);
    });
  });

  describe('apply', () => {
    const apply = (name: string, data: Record<string, string>) =>
      harness().client.patch(
        SECRETS,
        { namespace: harness().namespace, name },
        { type: 'apply', body: { metadata: { name }, data } as Secret, force: true },
      );

    it('creates what is not there', async () => {
      const { data, metadata } = await apply(freshName('apply'), { a: 'YQ==' });
      assert.deepEqual(data, { a: 'YQ==' });
      assert.ok(metadata.uid);
    });

    it('removes what it set before and no longer names, and leaves what others set', async () => {
      const name = freshName('apply');
      await apply(name, { a: 'YQ==', b: 'Yg==' });
      const body = { metadata: { labels: { theirs: 'kept' } } };
      await harness().client.patch(
        SECRETS,
        { namespace: harness().namespace, name },
        { type: 'merge', body },
      );
      const { data, metadata } = await apply(name, { b: 'Yg==', c: 'Yw==' });
      assert.deepEqual(data, { b: 'Yg==', c: 'Yw==' });
      assert.deepEqual(metadata.labels, { theirs: 'kept' });
    });
  });

  describe('dryRun', () => {
    it('creates nothing', async () => {
      const { client, namespace } = harness();
      const name = freshName('dry');
      const answer = await client.create(SECRETS, secret(namespace, name), { dryRun: true });
      assert.equal(answer.metadata.name, name);
      assert.equal(await client.get(SECRETS, { namespace, name }), undefined);
    });

    it('answers with the patched object and keeps the old one', async () => {
      const made = await someSecret();
      const { client } = harness();
      const body = { metadata: { labels: { a: 'dry' } } };
      const merge = { type: 'merge', body } as const;
      const answer = await client.patch(SECRETS, nameOf(made), merge, { dryRun: true });
      assert.equal(answer.metadata.labels?.['a'], 'dry');
      assert.deepEqual(await client.get(SECRETS, nameOf(made)), made);
    });
  });

  describe('delete', () => {
    it('says whether there was something to delete', async () => {
      const made = await someSecret();
      const { client } = harness();
      assert.equal(await client.delete(SECRETS, nameOf(made)), true);
      assert.equal(await client.delete(SECRETS, nameOf(made)), false);
      assert.equal(await client.get(SECRETS, nameOf(made)), undefined);
    });

    it('keeps an object that is not the one that was meant', async () => {
      const made = await someSecret();
      const { client } = harness();
      const preconditions = { uid: '00000000-0000-0000-0000-000000000000' };
      await assert.rejects(client.delete(SECRETS, nameOf(made), { preconditions }), isConflict);
      const { uid = '' } = made.metadata;
      assert.equal(await client.delete(SECRETS, nameOf(made), { preconditions: { uid } }), true);
    });

    it('waits for finalizers', async () => {
      const { client, namespace } = harness();
      const name = { namespace, name: freshName('held') };
      await client.create(IMAGE_PULL_JOBS, imagePullJob(namespace, name.name, [FINALIZER]));
      assert.equal(await client.delete(IMAGE_PULL_JOBS, name), true);
      const held = await client.get(IMAGE_PULL_JOBS, name);
      assert.ok(held?.metadata.deletionTimestamp);
      await client.patch(IMAGE_PULL_JOBS, name, {
        type: 'merge',
        body: { metadata: { finalizers: null } },
      });
      assert.equal(await client.get(IMAGE_PULL_JOBS, name), undefined);
    });
  });
}
