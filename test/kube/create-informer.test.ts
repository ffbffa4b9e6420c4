import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Node } from '../../api/core.ts';
import { NODES, PODS } from '../../api/resources.ts';
import { createInformer } from '../../kube/create-informer.ts';
import type { Change, InformerOptions } from '../../kube/informer.ts';
import { KubeError } from '../../kube/kube-error.ts';
import { noMetrics } from '../../runtime/metrics.ts';
import { settle } from '../support/fake-clock.ts';
import { FakeKube } from '../support/fake-kube.ts';
import { RecordingLogger } from '../support/recording-logger.ts';

const node = (name: string, zone?: string): Node => ({
  metadata: { name, ...(zone === undefined ? {} : { labels: { zone } }) },
});

const byZone = ({ metadata }: Node): readonly string[] => {
  const zone = metadata.labels?.['zone'];
  return zone === undefined ? [] : zone.split('.');
};

/** An informer of Nodes by zone that runs until it is disposed. */
function start(kube: FakeKube, options: Partial<InformerOptions<Node>> = {}) {
  const log = new RecordingLogger();
  const informer = createInformer<Node>(
    { resource: NODES, indexes: { zone: byZone }, ...options },
    fakeDeps(kube, log),
  );
  const told: string[] = [];
  informer.onChange(change => told.push(describeChange(change)));
  const stop = new AbortController();
  const running = informer.run(stop.signal);
  return {
    informer,
    told,
    log,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

function describeChange({ type, object, previous }: Change<Node>): string {
  const zone = (of: Node) => of.metadata.labels?.['zone'] ?? '';
  const before = previous === undefined ? '' : ` was ${zone(previous)}`;
  return `${type} ${object.metadata.name} ${zone(object)}${before}`;
}

const setZone = (kube: FakeKube, name: string, zone: string) =>
  kube.patch(NODES, { name }, { type: 'merge', body: { metadata: { labels: { zone } } } });

const names = (nodes: Iterable<Node>): string[] => [...nodes].map(n => n.metadata.name).sort();

describe('createInformer', () => {
  it('is synced when its first list and the handlers are done', async () => {
    const kube = new FakeKube();
    kube.seed(NODES, node('n1', 'east'));
    await using test = start(kube);
    assert.equal(test.informer.hasSynced, false);
    await test.informer.synced();
    assert.equal(test.informer.hasSynced, true);
    assert.deepEqual(test.told, ['added n1 east']);
    assert.equal(test.informer.get('n1')?.metadata.name, 'n1');
    assert.equal(test.informer.size, 1);
  });

  it('gives up waiting for the sync when the signal aborts', async () => {
    const informer = createInformer<Node>({ resource: NODES }, fakeDeps(new FakeKube()));
    const stop = new AbortController();
    const waiting = informer.synced(stop.signal);
    stop.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);
  });

  it('follows additions, changes and deletions, with what was there before', async () => {
    const kube = new FakeKube();
    await using test = start(kube);
    await settle();
    await kube.create(NODES, node('n1', 'east'));
    await setZone(kube, 'n1', 'west');
    await kube.delete(NODES, { name: 'n1' });
    await settle();
    assert.deepEqual(test.told, ['added n1 east', 'updated n1 west was east', 'deleted n1 west']);
    assert.equal(test.informer.size, 0);
  });

  it('files objects under every value of an index and moves them when they change', async () => {
    const kube = new FakeKube();
    kube.seed(NODES, node('n1', 'east'));
    kube.seed(NODES, node('n2', 'east.west'));
    kube.seed(NODES, node('n3'));
    await using test = start(kube);
    await settle();
    const { informer } = test;
    assert.deepEqual(names(informer.byIndex('zone', 'east')), ['n1', 'n2']);
    assert.deepEqual(names(informer.byIndex('zone', 'west')), ['n2']);
    await setZone(kube, 'n2', 'west');
    await kube.delete(NODES, { name: 'n1' });
    await settle();
    assert.deepEqual(names(informer.byIndex('zone', 'east')), []);
    assert.deepEqual(names(informer.byIndex('zone', 'west')), ['n2']);
    assert.deepEqual(informer.byIndex('unknown', 'east'), []);
  });

  it('shows a change in its indexes before the handlers hear of it', async () => {
    const kube = new FakeKube();
    await using test = start(kube);
    const sizes: number[] = [];
    test.informer.onChange(() => sizes.push(test.informer.byIndex('zone', 'east').length));
    await settle();
    await kube.create(NODES, node('n1', 'east'));
    await settle();
    assert.deepEqual(sizes, [1]);
  });

  it('tells a late handler what is there already', async () => {
    const kube = new FakeKube();
    kube.seed(NODES, node('n1', 'east'));
    await using test = start(kube);
    await test.informer.synced();
    const told: string[] = [];
    test.informer.onChange(change => told.push(describeChange(change)));
    assert.deepEqual(told, ['added n1 east']);
  });

  it('finds by a list what a broken watch missed, deletions and replacements too', async () => {
    const kube = new FakeKube();
    for (const name of ['changed', 'gone', 'kept', 'remade']) kube.seed(NODES, node(name, 'old'));
    await using test = start(kube);
    await settle();
    test.told.length = 0;
    kube.endWatches(new KubeError('reset', { status: 0 }));
    await settle();
    await kube.delete(NODES, { name: 'gone' });
    await kube.delete(NODES, { name: 'remade' });
    await kube.create(NODES, node('remade', 'new'));
    await kube.create(NODES, node('added', 'new'));
    await setZone(kube, 'changed', 'new');
    kube.compact();
    await kube.clock.advance(5_000);
    assert.deepEqual(test.told.sort(), [
      'added added new',
      'added remade new',
      'deleted gone old',
      'deleted remade old',
      'updated changed new was old',
    ]);
    assert.deepEqual(names(test.informer.list()), ['added', 'changed', 'kept', 'remade']);
  });

  it('drops managedFields, trims, and fills in the type', async () => {
    const kube = new FakeKube();
    const managedFields = [{ manager: 'kubelet' }];
    const metadata = { ...node('n1', 'east').metadata, managedFields, annotations: { a: 'b' } };
    kube.seed(NODES, { metadata });
    await using test = start(kube, {
      trim: ({ metadata: { annotations: _annotations, ...kept } }) => ({ metadata: kept }),
    });
    await settle();
    const { uid, resourceVersion, creationTimestamp, ...rest } =
      test.informer.get('n1')?.metadata ?? {};
    assert.ok(uid && resourceVersion && creationTimestamp);
    assert.deepEqual(rest, { name: 'n1', labels: { zone: 'east' } });
    assert.equal(test.informer.get('n1')?.kind, 'Node');
    assert.equal(test.informer.get('n1')?.apiVersion, 'v1');
  });

  const bad = (name: string) => (object: Node) => {
    if (object.metadata.name === 'bad') throw new TypeError(`${name} met a bad object`);
  };
  const isolations: readonly [string, Partial<InformerOptions<Node>>, string][] = [
    [
      'an indexer',
      { indexes: { zone: object => (bad('indexer')(object), byZone(object)) } },
      'Indexer failed',
    ],
    ['a trim', { trim: object => (bad('trim')(object), object) }, 'Trimming failed'],
  ];
  for (const [name, options, message] of isolations) {
    it(`survives ${name} that throws at one object`, async () => {
      const kube = new FakeKube();
      kube.seed(NODES, node('bad', 'east'));
      kube.seed(NODES, node('good', 'east'));
      await using test = start(kube, options);
      await settle();
      assert.deepEqual(names(test.informer.list()), ['bad', 'good']);
      assert.ok(names(test.informer.byIndex('zone', 'east')).includes('good'));
      const [line] = test.log.at('error');
      assert.deepEqual([line?.message, line?.fields['object']], [message, 'bad']);
    });
  }

  it('survives a handler that throws, and tells the others', async () => {
    const kube = new FakeKube();
    await using test = start(kube);
    test.informer.onChange(change => bad('handler')(change.object));
    const told: string[] = [];
    test.informer.onChange(change => told.push(change.object.metadata.name));
    await settle();
    await kube.create(NODES, node('bad'));
    await kube.create(NODES, node('good'));
    await settle();
    assert.deepEqual(told, ['bad', 'good']);
    assert.deepEqual(
      test.log.at('error').map(line => line.message),
      ['Handler of a change failed'],
    );
  });

  it('holds only what its selectors select', async () => {
    const kube = new FakeKube();
    const pod = (name: string, nodeName: string) => ({
      metadata: { name, namespace: 'default' },
      spec: { nodeName },
    });
    kube.seed(PODS, pod('a', 'n1'));
    kube.seed(PODS, pod('b', 'n2'));
    const informer = createInformer(
      { resource: PODS, namespace: 'default', fieldSelector: 'spec.nodeName=n1' },
      fakeDeps(kube),
    );
    const stop = new AbortController();
    const running = informer.run(stop.signal);
    await informer.synced();
    await kube.create(PODS, pod('c', 'n1'));
    await settle();
    stop.abort();
    await running;
    assert.deepEqual(
      [...informer.list()].map(({ metadata }) => metadata.name),
      ['a', 'c'],
    );
  });

  it('equals the server in the end, and its changes add up, whatever happens on the way', async () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const zone = fc.constantFrom('x', 'y', 'x.y');
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant('set' as const), name, zone }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), name }) },
      fc.record({ do: fc.constantFrom('end', 'break', 'compact', 'bookmark', 'wait') }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async steps => {
        const kube = new FakeKube();
        await using test = start(kube);
        const sum = new Map<string, string>();
        test.informer.onChange(({ type, object }) => {
          const key = object.metadata.name;
          if (type === 'deleted') assert.ok(sum.delete(key), `${key} was deleted twice`);
          else if (type === 'added') assert.ok(!sum.has(key), `${key} was added twice`);
          if (type !== 'deleted') sum.set(key, object.metadata.labels?.['zone'] ?? '');
        });
        for (const action of steps) await play(kube, action);
        await kube.clock.advance(120_000);
        const wanted = kube.readAll(NODES).map(({ metadata }) => metadata);
        const actual = [...test.informer.list()].map(({ metadata }) => metadata);
        assert.deepEqual(sortByName(actual), sortByName(wanted));
        const zones = wanted.map(({ name: key, labels }) => [key, labels?.['zone']] as const);
        assert.deepEqual(sum, new Map(zones));
        for (const value of ['x', 'y']) {
          const expected = kube.readAll(NODES).filter(object => byZone(object).includes(value));
          assert.deepEqual(names(test.informer.byIndex('zone', value)), names(expected));
        }
        assert.deepEqual(test.log.at('error'), []);
      }),
      { numRuns: 60 },
    );
  });
});

type Action =
  | { readonly do: 'set'; readonly name: string; readonly zone: string }
  | { readonly do: 'delete'; readonly name: string }
  | { readonly do: string };

async function play(kube: FakeKube, action: Action): Promise<void> {
  if ('zone' in action) {
    if (kube.read(NODES, action.name)) await setZone(kube, action.name, action.zone);
    else await kube.create(NODES, node(action.name, action.zone));
  } else if ('name' in action) await kube.delete(NODES, { name: action.name });
  else if (action.do === 'end') kube.endWatches();
  else if (action.do === 'break') kube.endWatches(new KubeError('reset', { status: 0 }));
  else if (action.do === 'compact') kube.compact();
  else if (action.do === 'bookmark') kube.bookmark();
  else await kube.clock.advance(700);
}

const sortByName = <T extends { readonly name: string }>(items: T[]): T[] =>
  items.sort((a, b) => (a.name < b.name ? -1 : 1));

function fakeDeps(kube: FakeKube, log = new RecordingLogger()) {
  return { client: kube, clock: kube.clock, log, metrics: noMetrics, random: () => 0 };
}
