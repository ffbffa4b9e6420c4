import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { connectCluster } from '../../../cli/plugin/cluster.ts';
import { makeTempFolder } from '../../support/temp-folder.ts';

/** A kubeconfig with two contexts, one of which names a namespace. */
const KUBECONFIG = {
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'shop',
  clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
  users: [{ name: 'u', user: { token: 't' } }],
  contexts: [
    { name: 'shop', context: { cluster: 'c', user: 'u', namespace: 'shop' } },
    { name: 'plain', context: { cluster: 'c', user: 'u' } },
  ],
};

describe('the cluster of a command', function () {
  this.timeout(30_000);
  this.slow(5000);

  for (const [name, flags, namespace] of [
    ['the namespace of the context', {}, 'shop'],
    ['the namespace default, where the context names none', { context: 'plain' }, 'default'],
    ['the namespace of the flag', { namespace: 'mine' }, 'mine'],
  ] as const) {
    it(`has ${name}`, async () => {
      await using folder = await makeTempFolder();
      const kubeconfig = join(folder.path, 'config');
      await writeFile(kubeconfig, stringify(KUBECONFIG));
      using cluster = await connectCluster({ kubeconfig, ...flags }, () => {});
      assert.equal(cluster.namespace, namespace);
    });
  }
});
