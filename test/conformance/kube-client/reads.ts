import assert from 'node:assert/strict';
import { GROUP } from '../../../api/names.ts';
import { resource } from '../../../api/resource.ts';
import { NODE_IMAGES, SECRETS } from '../../../api/resources.ts';
import { discoverVersions } from '../../../kube/discovery.ts';
import type { ListOptions } from '../../../kube/kube-client.ts';
import { isNotFound } from '../../../kube/kube-error.ts';
import type { Harness } from '../kube-client.suite.ts';
import { freshName, nodeImage, secret } from './objects.ts';

const UNKNOWN = resource({
  group: GROUP,
  version: 'v1beta1',
  plural: 'nosuchthings',
  kind: 'NoSuchThing',
  namespaced: true,
});

/** get, list, pages and discovery. */
export function readSuite(harness: Harness): void {
  describe('get', () => {
    it('returns an object with its type', async () => {
      const { client, namespace } = harness();
      const name = freshName('get');
      await client.create(SECRETS, secret(namespace, name));
      const found = await client.get(SECRETS, { namespace, name });
      assert.equal(found?.kind, 'Secret');
      assert.equal(found?.apiVersion, 'v1');
      assert.deepEqual(found?.data, { key: 'dmFsdWU=' });
    });

    it('returns a cluster-scoped object', async () => {
      const { client } = harness();
      const name = freshName('get');
      await client.create(NODE_IMAGES, nodeImage(name));
      const found = await client.get(NODE_IMAGES, { name });
      assert.equal(found?.metadata.namespace, undefined);
      assert.equal(found?.apiVersion, `${GROUP}/v1beta1`);
    });

    it('returns undefined for an object or a kind that does not exist', async () => {
      const { client, namespace } = harness();
      const name = { namespace, name: freshName('missing') };
      assert.equal(await client.get(SECRETS, name), undefined);
      assert.equal(await client.get(UNKNOWN, name), undefined);
    });
  });

  describe('list', () => {
    /** Seven Secrets that carry a label of their own. */
    async function sevenSecrets(): Promise<string> {
      const { client, namespace } = harness();
      const label = freshName('list');
      for (let i = 0; i < 7; i++) {
        const labels = { set: label, parity: i % 2 === 0 ? 'even' : 'odd' };
        await client.create(SECRETS, secret(namespace, `${label}-${i}`, labels));
      }
      return label;
    }

    it('comes in pages of the size asked for, all of one resourceVersion', async () => {
      const { client, namespace } = harness();
      const label = await sevenSecrets();
      const sizes: number[] = [];
      const names: string[] = [];
      const versions = new Set<string>();
      const options = { namespace, labelSelector: `set=${label}`, pageSize: 3 };
      for await (const page of client.pages(SECRETS, options)) {
        sizes.push(page.items.length);
        names.push(...page.items.map(item => item.metadata.name));
        versions.add(page.resourceVersion);
      }
      assert.deepEqual(sizes, [3, 3, 1]);
      assert.deepEqual(
        names.sort(),
        [0, 1, 2, 3, 4, 5, 6].map(i => `${label}-${i}`),
      );
      assert.equal(versions.size, 1);
      assert.notEqual([...versions][0], '');
    });

    const selections: readonly [string, (label: string) => ListOptions, number[]][] = [
      ['by label', label => ({ labelSelector: `set=${label},parity=odd` }), [1, 3, 5]],
      [
        'by a set of labels',
        label => ({ labelSelector: `set in (${label},other),parity notin (odd)` }),
        [0, 2, 4, 6],
      ],
      ['by the absence of a label', label => ({ labelSelector: `set=${label},!parity` }), []],
      ['by name', label => ({ fieldSelector: `metadata.name=${label}-4` }), [4]],
      [
        'in pieces of one',
        label => ({ labelSelector: `set=${label}`, pageSize: 1 }),
        [0, 1, 2, 3, 4, 5, 6],
      ],
      [
        'in one piece',
        label => ({ labelSelector: `set=${label}`, pageSize: 0 }),
        [0, 1, 2, 3, 4, 5, 6],
      ],
    ];
    for (const [name, options, expected] of selections) {
      it(`selects ${name}, in all namespaces`, async () => {
        const label = await sevenSecrets();
        const { items } = await harness().client.list(SECRETS, options(label));
        const numbers = items.map(item => Number(item.metadata.name.slice(label.length + 1)));
        assert.deepEqual(
          numbers.sort((a, b) => a - b),
          expected,
        );
      });
    }

    it('of another namespace holds nothing of ours', async () => {
      const label = await sevenSecrets();
      const options = { namespace: 'no-such-namespace', labelSelector: `set=${label}` };
      const page = await harness().client.list(SECRETS, options);
      assert.deepEqual(page.items, []);
      assert.notEqual(page.resourceVersion, '');
    });

    it('may be answered from the cache', async () => {
      const label = await sevenSecrets();
      const options = { labelSelector: `set=${label}`, resourceVersion: '0' };
      const { items } = await harness().client.list(SECRETS, options);
      assert.ok(items.length <= 7);
    });

    it('of a kind that is not served is a 404', async () => {
      await assert.rejects(harness().client.list(UNKNOWN), isNotFound);
    });
  });

  describe('discoverVersions', () => {
    it('finds the versions of our kinds and leaves subresources out', async () => {
      const versions = await discoverVersions(harness().client, GROUP);
      assert.ok(versions.get('imagepulljobs')?.includes('v1beta1'));
      assert.ok(versions.get('nodeimages')?.includes('v1beta1'));
      assert.equal(versions.has('nodeimages/status'), false);
    });

    it('finds nothing in a group that does not exist', async () => {
      const versions = await discoverVersions(harness().client, 'no.such.group');
      assert.equal(versions.size, 0);
    });
  });

  it('getPath reads the version', async () => {
    const version = (await harness().client.getPath('/version')) as { gitVersion?: string };
    assert.match(version.gitVersion ?? '', /^v1\./);
  });
}
