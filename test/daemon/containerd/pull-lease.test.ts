import assert from 'node:assert/strict';
import {
  dropPullLeases,
  LEASE_LABEL,
  openPullLease,
} from '../../../daemon/containerd/pull-lease.ts';
import { CriError } from '../../../daemon/cri/cri-error.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeContentStore } from './fake-content-store.ts';

const LAYER = { type: 'ingests', id: 'layer-sha256:a' };
const MANIFEST = { type: 'content', id: 'sha256:m' };

describe('openPullLease', () => {
  let store: FakeContentStore;
  let clock: FakeClock;
  beforeEach(() => {
    store = new FakeContentStore();
    clock = new FakeClock();
  });

  const open = (image: string, signal = new AbortController().signal) =>
    openPullLease({ image, call: { signal, deadlineMs: 600_000 } }, { store, clock });

  it('makes a lease that outlives the attempt by an hour, and no longer', async () => {
    const id = await open('app:1');
    assert.deepEqual(store.leases.get(id ?? '')?.labels, {
      [LEASE_LABEL]: 'app:1',
      'containerd.io/gc.expire': '2026-01-01T01:10:00.000Z',
    });
  });

  it('makes one with a date also for an attempt that may take for ever', async () => {
    const call = { signal: new AbortController().signal, deadlineMs: Number.MAX_VALUE };
    const id = await openPullLease({ image: 'app:1', call }, { store, clock });
    const expiry = store.leases.get(id ?? '')?.labels['containerd.io/gc.expire'];
    assert.equal(expiry, '2026-01-08T01:00:00.000Z');
  });

  it('takes over what earlier leases of the image hold, and deletes them', async () => {
    const first = (await open('app:1')) ?? '';
    await store.hold(first, MANIFEST, { signal: new AbortController().signal, deadlineMs: 1 });
    store.leases.get(first)?.held.push(LAYER);
    const second = (await open('app:1')) ?? '';
    assert.deepEqual([...store.leases.keys()], [second]);
    assert.deepEqual(store.leases.get(second)?.held, [MANIFEST, LAYER]);
  });

  it('lets go of the old lease only when the new one holds everything', async () => {
    const first = (await open('app:1')) ?? '';
    store.leases.get(first)?.held.push(LAYER);
    store.before = method => {
      if (method === 'hold') throw new CriError('RuntimeUnavailable', 'gone');
    };
    assert.equal(await open('app:1'), undefined);
    assert.deepEqual(store.leases.get(first)?.held, [LAYER]);
  });

  it('takes over no half-unpacked snapshot', async () => {
    const first = (await open('app:1')) ?? '';
    const complete = { type: 'snapshots/overlayfs', id: 'sha256:chain' };
    store.leases
      .get(first)
      ?.held.push({ type: 'snapshots/overlayfs', id: 'extract-1 sha256:b' }, complete);
    const second = (await open('app:1')) ?? '';
    assert.deepEqual(store.leases.get(second)?.held, [complete]);
  });

  it("leaves the leases of other images alone, and other people's", async () => {
    const other = await open('app:2');
    const foreign = await store.createLease(
      { 'example.com/x': 'app:1' },
      {
        signal: new AbortController().signal,
        deadlineMs: 1,
      },
    );
    const own = await open('app:1');
    assert.deepEqual([...store.leases.keys()], [other, foreign, own]);
  });

  it('does without where the runtime knows no leases, and before there is a runtime', async () => {
    store.before = () => {
      throw new CriError('PullFailed', 'unknown service containerd.services.leases.v1.Leases');
    };
    assert.equal(await open('app:1'), undefined);
    const call = { signal: new AbortController().signal, deadlineMs: 1 };
    assert.equal(await openPullLease({ image: 'a', call }, { store: undefined, clock }), undefined);
  });

  it('waits no longer for a lease than a moment', async () => {
    const deadlines: number[] = [];
    store.before = (_method, { deadlineMs }) => void deadlines.push(deadlineMs);
    await open('app:1');
    assert.ok(deadlines.length > 0 && deadlines.every(ms => ms <= 2_000));
  });

  it('rejects when nobody wants the pull any longer', async () => {
    const abort = new AbortController();
    store.before = () => {
      abort.abort(new Error('stopped'));
      throw new CriError('Timeout', 'context canceled');
    };
    await assert.rejects(open('app:1', abort.signal), /stopped/);
  });

  it('drops the leases of images that nobody wants kept', async () => {
    const kept = await open('app:1');
    await open('app:2');
    await dropPullLeases(store, image => image === 'app:1', new AbortController().signal);
    assert.deepEqual([...store.leases.keys()], [kept]);
  });
});
