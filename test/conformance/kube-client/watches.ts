import assert from 'node:assert/strict';
import type { Secret } from '../../../api/core.ts';
import { SECRETS } from '../../../api/resources.ts';
import type { WatchEvent, WatchOptions } from '../../../kube/kube-client.ts';
import { isGone } from '../../../kube/kube-error.ts';
import type { Harness } from '../kube-client.suite.ts';
import { freshName, secret } from './objects.ts';

/** Watches of one collection. */
export function watchSuite(harness: Harness): void {
  const merge = (body: object) => ({ type: 'merge', body }) as const;

  /** The next `count` changes of a watch, as `TYPE name`. */
  async function changes(
    options: Omit<WatchOptions, 'signal' | 'timeoutSeconds'>,
    count: number,
  ): Promise<Exclude<WatchEvent<Secret>, { type: 'BOOKMARK' }>[]> {
    const stop = new AbortController();
    const seen: Exclude<WatchEvent<Secret>, { type: 'BOOKMARK' }>[] = [];
    const range = { timeoutSeconds: 60, signal: stop.signal };
    for await (const event of harness().client.watch(SECRETS, { ...options, ...range })) {
      if (event.type !== 'BOOKMARK') seen.push(event);
      if (seen.length === count) break;
    }
    stop.abort();
    return seen;
  }

  const told = (events: readonly Exclude<WatchEvent<Secret>, { type: 'BOOKMARK' }>[]) =>
    events.map(({ type, object }) => `${type} ${object.metadata.labels?.['step'] ?? ''}`);

  describe('watch', () => {
    it('tells every change since a list, in order', async () => {
      const { client, namespace } = harness();
      const set = freshName('watch');
      const selection = { namespace, labelSelector: `set=${set}` };
      const { resourceVersion } = await client.list(SECRETS, selection);
      const name = { namespace, name: set };
      await client.create(SECRETS, secret(namespace, set, { set, step: '1' }));
      await client.patch(SECRETS, name, merge({ metadata: { labels: { step: '2' } } }));
      const watching = changes({ ...selection, resourceVersion }, 4);
      await client.patch(SECRETS, name, merge({ metadata: { labels: { step: '3' } } }));
      await client.delete(SECRETS, name);
      assert.deepEqual(told(await watching), ['ADDED 1', 'MODIFIED 2', 'MODIFIED 3', 'DELETED 3']);
    });

    it('from the version of an object tells only what came later', async () => {
      const { client, namespace } = harness();
      const set = freshName('watch');
      const made = await client.create(SECRETS, secret(namespace, set, { set, step: '1' }));
      const name = { namespace, name: set };
      await client.patch(SECRETS, name, merge({ metadata: { labels: { step: '2' } } }));
      const { resourceVersion = '' } = made.metadata;
      const seen = await changes({ namespace, labelSelector: `set=${set}`, resourceVersion }, 1);
      assert.deepEqual(told(seen), ['MODIFIED 2']);
    });

    it('tells an object that leaves the selection as deleted, and one that enters it as added', async () => {
      const { client, namespace } = harness();
      const set = freshName('watch');
      const selection = { labelSelector: `set=${set}` };
      const { resourceVersion } = await client.list(SECRETS, selection);
      const name = { namespace, name: set };
      await client.create(SECRETS, secret(namespace, set, { set, step: '1' }));
      await client.patch(SECRETS, name, merge({ metadata: { labels: { set: null } } }));
      await client.patch(SECRETS, name, merge({ metadata: { labels: { set, step: '2' } } }));
      const seen = await changes({ ...selection, resourceVersion }, 3);
      assert.deepEqual(
        seen.map(({ type }) => type),
        ['ADDED', 'DELETED', 'ADDED'],
      );
    });

    it('of one name tells nothing of the others', async () => {
      const { client, namespace } = harness();
      const set = freshName('watch');
      const selection = { namespace, fieldSelector: `metadata.name=${set}` };
      const { resourceVersion } = await client.list(SECRETS, selection);
      await client.create(SECRETS, secret(namespace, `${set}-other`));
      await client.create(SECRETS, secret(namespace, set, { step: '1' }));
      const [seen] = await changes({ ...selection, resourceVersion }, 1);
      assert.equal(seen?.object.metadata.name, set);
    });

    it('carries big objects and every alphabet', async () => {
      const { client, namespace } = harness();
      const set = freshName('watch');
      const { resourceVersion } = await client.list(SECRETS, { namespace, pageSize: 1 });
      const text = 'Ωπ 漢字 🚀 '.repeat(8_000);
      const made = secret(namespace, set, { set });
      const annotations = { text };
      await client.create(SECRETS, { ...made, metadata: { ...made.metadata, annotations } });
      const selection = { namespace, fieldSelector: `metadata.name=${set}` };
      const [seen] = await changes({ ...selection, resourceVersion }, 1);
      assert.equal(seen?.object.metadata.annotations?.['text'], text);
    });

    it('ends quietly when its time has passed', async () => {
      const { client, namespace, pass } = harness();
      const { resourceVersion } = await client.list(SECRETS, { namespace, pageSize: 1 });
      const { signal } = new AbortController();
      const range = { resourceVersion, timeoutSeconds: 1, signal };
      const events = client.watch(SECRETS, { namespace, ...range });
      const drained = (async () => {
        for await (const event of events) assert.equal(event.type, 'BOOKMARK');
      })();
      await pass(1_000);
      await drained;
    });

    it('rejects with the reason of its signal', async () => {
      const { client, namespace } = harness();
      const { resourceVersion } = await client.list(SECRETS, { namespace, pageSize: 1 });
      const stop = new AbortController();
      const range = { resourceVersion, timeoutSeconds: 60, signal: stop.signal };
      const next = client
        .watch(SECRETS, { namespace, ...range })
        [Symbol.asyncIterator]()
        .next();
      stop.abort(new Error('enough'));
      await assert.rejects(next, /enough/);
    });

    it('from a forgotten version is a 410', async () => {
      const { namespace, forgottenVersion } = harness();
      const resourceVersion = await forgottenVersion();
      await assert.rejects(changes({ namespace, resourceVersion }, 1), isGone);
    });
  });
}
