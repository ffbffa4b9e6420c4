import assert from 'node:assert/strict';
import { followDownload } from '../../../daemon/containerd/follow-download.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeContentStore } from './fake-content-store.ts';

describe('followDownload', () => {
  const call = { signal: new AbortController().signal, deadlineMs: 1_000 };

  /** The times at which a pull of `seconds` tells how far it is. */
  const looksOf = async (seconds: number): Promise<number[]> => {
    const clock = new FakeClock();
    const store = new FakeContentStore();
    const lease = await store.createLease({}, call);
    const looks: number[] = [];
    store.before = method => {
      if (method === 'heldBy') looks.push(clock.monotonicMs());
    };
    const following = followDownload({ lease, onBytes: () => {} }, { store, clock }, () =>
      clock.sleep(seconds * 1000),
    );
    await clock.advance(seconds * 1000);
    await following;
    assert.equal(clock.pending, 0);
    return looks;
  };

  it('does not look at a pull that is over in a moment', async () => {
    assert.deepEqual(await looksOf(2), []);
  });

  it('looks every few seconds at first', async () => {
    assert.deepEqual(await looksOf(13), [2_500, 7_500, 12_500]);
  });

  it('looks less and less often at a long one', async () => {
    assert.ok((await looksOf(600)).length <= 40);
  });

  it('ends as the work does', async () => {
    const clock = new FakeClock();
    const store = new FakeContentStore();
    const options = { lease: 'lease', onBytes: () => {} };
    const failing = followDownload(options, { store, clock }, async () => {
      await clock.sleep(5_000);
      assert.fail('cut off');
    });
    const rejected = assert.rejects(failing, /cut off/);
    await clock.advance(5_000);
    await rejected;
    assert.equal(clock.pending, 0);
  });
});
