import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Delivery } from '../../../sim/api-server/store/delivery.ts';
import { Store } from '../../../sim/api-server/store/store.ts';
import { apiObject } from './objects.ts';

const WIDGETS = 'widgets.example.com';

function told(): { readonly seen: string[]; readonly deliver: (delivery: Delivery) => void } {
  const seen: string[] = [];
  const deliver = ({ event }: Delivery): unknown =>
    seen.push(`${event.type} ${event.object.metadata.name}`);
  return { seen, deliver };
}

describe('Store', () => {
  it('numbers writes of all resources with one counter', () => {
    const store = new Store(10);
    const a = store.create(WIDGETS, apiObject('a'));
    const b = store.create('pods', apiObject('b'));
    assert.equal(Number(b?.metadata.resourceVersion), Number(a?.metadata.resourceVersion) + 1);
    assert.equal(store.revision, Number(b?.metadata.resourceVersion));
  });

  it('lets nobody take a name twice or write over what they have not read', () => {
    const store = new Store(10);
    const first = store.create(WIDGETS, apiObject('a'));
    assert(first);
    assert.equal(store.create(WIDGETS, apiObject('a')), undefined);
    const second = store.replace(WIDGETS, first, { ...first, spec: 1 });
    assert(second);
    assert.equal(store.replace(WIDGETS, first, { ...first, spec: 2 }), undefined);
    assert.equal(store.remove(WIDGETS, first), undefined);
    assert(store.remove(WIDGETS, second));
  });

  it('shows watchers that are pinned to a name only what may concern them', () => {
    const store = new Store(10);
    const [all, pinned, onNode] = [told(), told(), told()];
    const collection = store.collection(WIDGETS);
    collection.watch(all);
    collection.watch({ ...pinned, pin: { field: 'metadata.name', value: 'b' } });
    collection.watch({ ...onNode, pin: { field: 'spec.nodeName', value: 'n1' } });
    const a = store.create(WIDGETS, apiObject('a', { spec: { nodeName: 'n1' } }));
    store.create(WIDGETS, apiObject('b'));
    assert(a);
    store.replace(WIDGETS, a, { ...a, spec: { nodeName: 'n2' } });
    assert.deepEqual(all.seen, ['ADDED a', 'ADDED b', 'MODIFIED a']);
    assert.deepEqual(pinned.seen, ['ADDED b']);
    assert.deepEqual(onNode.seen, ['ADDED a', 'MODIFIED a']);
  });

  it('meets one of 10,000 pinned watchers for a write', () => {
    const store = new Store(10);
    let met = 0;
    for (let i = 0; i < 10_000; i++) {
      const pin = { field: 'metadata.name', value: `node-${i}` } as const;
      store.collection(WIDGETS).watch({ pin, deliver: () => met++ });
    }
    store.create(WIDGETS, apiObject('node-77'));
    assert.equal(met, 1);
  });

  it('forgets watchers that went away', () => {
    const store = new Store(10);
    const { seen, deliver } = told();
    const stop = store.collection(WIDGETS).watch({ deliver });
    stop();
    store.create(WIDGETS, apiObject('a'));
    assert.deepEqual(seen, []);
  });

  it('remembers at least as many changes as its window', () => {
    const store = new Store(5);
    let current = store.create(WIDGETS, apiObject('a'));
    for (let i = 0; i < 50 && current; i++)
      current = store.replace(WIDGETS, current, { ...current, i });
    const collection = store.collection(WIDGETS);
    assert.equal(collection.since(store.revision - 5)?.length, 5);
    assert.equal(collection.since(store.revision - 11), undefined);
    assert.equal(collection.listAt(store.revision - 11), undefined);
  });

  it('forgets every earlier state when it is compacted', () => {
    const store = new Store(5);
    store.create(WIDGETS, apiObject('a'));
    const before = store.revision;
    store.create(WIDGETS, apiObject('b'));
    store.compact();
    const collection = store.collection(WIDGETS);
    assert.equal(collection.since(before), undefined);
    assert.deepEqual(collection.since(store.revision), []);
  });

  it('can show every state that its changes reach back to', () => {
    const step = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd'), remove: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        const store = new Store(1_000);
        const collection = store.collection(WIDGETS);
        const history = new Map([[store.revision, collection.list()]]);
        for (const { name, remove } of steps) {
          const current = collection.get(`default/${name}`);
          if (current === undefined) store.create(WIDGETS, apiObject(name));
          else if (remove) store.remove(WIDGETS, current);
          else store.replace(WIDGETS, current, { ...current, at: store.revision });
          history.set(store.revision, collection.list());
        }
        for (const [revision, objects] of history) {
          assert.deepEqual(collection.listAt(revision), objects);
        }
      }),
    );
  });
});
