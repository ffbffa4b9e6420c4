import assert from 'node:assert/strict';
import { NODES } from '../../api/resources.ts';
import { KubeError } from '../../kube/kube-error.ts';
import { settle } from '../support/fake-clock.ts';
import { FakeKube } from '../support/fake-kube.ts';
import { requestsOf, startReflector } from './running-reflector.ts';

const addNode = (kube: FakeKube, name: string) => kube.create(NODES, { metadata: { name } });

const unavailable = (retryAfterMs?: number) =>
  new KubeError('overloaded', {
    status: 503,
    retryable: true,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });

const unreachable = () => new KubeError('connection reset', { status: 0, retryable: true });

describe('Reflector', () => {
  it('lists, then tells every change', async () => {
    const kube = new FakeKube();
    kube.seed(NODES, { metadata: { name: 'n1' } });
    await using reflector = startReflector(kube);
    await settle();
    await addNode(kube, 'n2');
    await kube.delete(NODES, { name: 'n1' });
    await settle();
    assert.deepEqual(reflector.seen, ['LIST n1', 'ADDED n2', 'DELETED n1']);
  });

  const firstLists: readonly [string, boolean, string | undefined][] = [
    ['from the cache of the API server', false, '0'],
    ['consistently when that is asked for', true, undefined],
  ];
  for (const [name, consistent, resourceVersion] of firstLists) {
    it(`lists first ${name}`, async () => {
      const kube = new FakeKube();
      await using _reflector = startReflector(kube, { consistent });
      await settle();
      assert.equal(requestsOf(kube, 'list')[0]?.resourceVersion, resourceVersion);
    });
  }

  it('asks for bookmarks by the contract and ends its watches after 5 to 10 minutes', async () => {
    const kube = new FakeKube();
    await using _reflector = startReflector(kube, { random: 0.5 });
    await settle();
    await kube.clock.advance(449_000);
    assert.equal(requestsOf(kube, 'watch').length, 1);
    await kube.clock.advance(1_000);
    assert.equal(requestsOf(kube, 'watch').length, 2);
  });

  it('goes on where a watch ended, at once and without a list', async () => {
    const kube = new FakeKube();
    await using reflector = startReflector(kube);
    await settle();
    const { metadata } = await addNode(kube, 'n1');
    await kube.clock.advance(300_000);
    assert.equal(requestsOf(kube, 'list').length, 1);
    assert.equal(requestsOf(kube, 'watch').at(-1)?.resourceVersion, metadata.resourceVersion);
    await addNode(kube, 'n2');
    await settle();
    assert.deepEqual(reflector.seen, ['LIST ', 'ADDED n1', 'ADDED n2']);
  });

  it('loses no change that happens between two watches', async () => {
    const kube = new FakeKube();
    await using reflector = startReflector(kube);
    await settle();
    kube.endWatches(unreachable());
    await settle();
    await addNode(kube, 'n1');
    await kube.delete(NODES, { name: 'n1' });
    await kube.clock.advance(1_000);
    assert.deepEqual(reflector.seen, ['LIST ', 'ADDED n1', 'DELETED n1']);
  });

  it('resumes from a bookmark when the history before it is forgotten', async () => {
    const kube = new FakeKube();
    await using reflector = startReflector(kube);
    await settle();
    kube.seed(NODES, { metadata: { name: 'n1' } });
    await settle();
    kube.bookmark();
    await settle();
    kube.compact();
    kube.endWatches();
    await kube.clock.advance(1_000);
    assert.equal(requestsOf(kube, 'list').length, 1);
    assert.deepEqual(reflector.seen, ['LIST ', 'ADDED n1']);
  });

  it('lists again, consistently, when its place is forgotten (410)', async () => {
    const kube = new FakeKube();
    kube.seed(NODES, { metadata: { name: 'n1' } });
    await using reflector = startReflector(kube);
    await settle();
    kube.endWatches(unreachable());
    await settle();
    kube.seed(NODES, { metadata: { name: 'n2' } });
    kube.compact();
    await kube.clock.advance(5_000);
    assert.deepEqual(reflector.seen, ['LIST n1', 'LIST n1,n2']);
    assert.equal(requestsOf(kube, 'list')[1]?.resourceVersion, undefined);
    assert.equal(reflector.log.at('info').length, 1);
  });

  it('lists again after an answer that a watch cannot go on from', async () => {
    const kube = new FakeKube();
    await using _reflector = startReflector(kube);
    await settle();
    kube.endWatches(new KubeError('Too large resource version', { status: 504 }));
    await kube.clock.advance(1_000);
    assert.equal(requestsOf(kube, 'list').length, 2);
  });

  it('begins a list anew when its pages expire', async () => {
    const kube = new FakeKube();
    for (let i = 0; i < 600; i++) kube.seed(NODES, { metadata: { name: `n${i}` } });
    kube.before = ({ verb }) => {
      if (verb !== 'list' || requestsOf(kube, 'list').length !== 2) return;
      kube.seed(NODES, { metadata: { name: 'late' } });
      kube.compact();
    };
    await using reflector = startReflector(kube, { consistent: true });
    await kube.clock.advance(2_000);
    assert.equal(reflector.seen.length, 1);
    assert.equal(reflector.seen[0]?.split(',').length, 601);
  });

  it('does not spin against a server that ends every watch at once', async () => {
    const kube = new FakeKube();
    kube.after = ({ verb }) => {
      if (verb === 'watch') queueMicrotask(() => kube.endWatches());
    };
    await using _reflector = startReflector(kube);
    for (let i = 0; i < 120; i++) {
      await kube.clock.advance(500);
      kube.endWatches();
    }
    const watches = requestsOf(kube, 'watch').length;
    assert.ok(watches >= 4 && watches <= 8, `${watches} watches in a minute`);
  });

  it('doubles its wait from 0.8 s to 30 s while nothing works, and logs each failure once', async () => {
    const kube = new FakeKube();
    kube.before = () => {
      throw unreachable();
    };
    const times: number[] = [];
    const before = kube.clock.monotonicMs();
    await using reflector = startReflector(kube);
    for (let tenths = 0; tenths < 1_200; tenths++) {
      const attempts = kube.requests.length;
      await kube.clock.advance(100);
      if (kube.requests.length > attempts) times.push(kube.clock.monotonicMs() - before);
    }
    assert.deepEqual(times, [800, 2_400, 5_600, 12_000, 24_800, 50_400, 80_400, 110_400]);
    assert.equal(reflector.log.at('warn').length, kube.requests.length);
  });

  it('forgets its backoff after a watch that lasted', async () => {
    const kube = new FakeKube();
    let failures = 5;
    kube.before = () => {
      if (failures-- > 0) throw unreachable();
    };
    await using _reflector = startReflector(kube);
    await kube.clock.advance(60_000);
    const watches = requestsOf(kube, 'watch').length;
    kube.endWatches(unreachable());
    await kube.clock.advance(800);
    assert.equal(requestsOf(kube, 'watch').length, watches + 1);
  });

  it('takes an answer of a server that was away for news, and begins its backoff anew', async () => {
    const kube = new FakeKube();
    let away = false;
    kube.before = () => {
      if (away) throw unreachable();
    };
    await using reflector = startReflector(kube);
    await settle();
    away = true;
    kube.endWatches(unreachable());
    await kube.clock.advance(60_000);
    away = false;
    kube.seed(NODES, { metadata: { name: 'n1' } });
    kube.compact();
    const lists = requestsOf(kube, 'list').length;
    const watches = requestsOf(kube, 'watch').length;
    while (requestsOf(kube, 'watch').length === watches) await kube.clock.advance(100);
    assert.equal(requestsOf(kube, 'list').length, lists, 'its place is forgotten');
    await kube.clock.advance(800);
    assert.deepEqual(reflector.seen, ['LIST ', 'LIST n1']);
  });

  it('does not take one answer after the other for news', async () => {
    const kube = new FakeKube();
    await using _reflector = startReflector(kube);
    await settle();
    kube.before = () => {
      throw kube.requests.length < 3 ? unreachable() : unavailable();
    };
    kube.endWatches(unreachable());
    await kube.clock.advance(60_000);
    assert.ok(kube.requests.length < 12, `${kube.requests.length} requests`);
  });

  it('waits as long as the server asks', async () => {
    const kube = new FakeKube();
    let answers = 0;
    kube.before = () => {
      if (answers++ === 0) throw unavailable(20_000);
    };
    await using _reflector = startReflector(kube);
    await kube.clock.advance(19_900);
    assert.equal(kube.requests.length, 1);
    await kube.clock.advance(100);
    assert.ok(kube.requests.length > 1);
  });

  it('counts its lists, watches and failures', async () => {
    const kube = new FakeKube();
    await using reflector = startReflector(kube);
    await settle();
    kube.endWatches(unreachable());
    await kube.clock.advance(1_000);
    const text = await reflector.metrics.exposition();
    assert.match(text, /^headstart_reflector_total\{resource="nodes",what="list"\} 1$/m);
    assert.match(text, /^headstart_reflector_total\{resource="nodes",what="watch"\} 2$/m);
    assert.match(text, /^headstart_reflector_total\{resource="nodes",what="failure"\} 1$/m);
  });
});
