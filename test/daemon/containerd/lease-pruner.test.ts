import assert from 'node:assert/strict';
import { LeasePruner } from '../../../daemon/containerd/lease-pruner.ts';
import { LEASE_LABEL } from '../../../daemon/containerd/pull-lease.ts';
import { CriError, UnimplementedError } from '../../../daemon/cri/cri-error.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { FakeRuntime } from '../fake-runtime.ts';
import { FakeContentStore } from './fake-content-store.ts';

describe('LeasePruner', () => {
  let store: FakeContentStore;
  let clock: FakeClock;
  let runtime: FakeRuntime;
  let pruner: LeasePruner;
  let stop: () => Promise<void>;
  beforeEach(async () => {
    store = new FakeContentStore();
    clock = new FakeClock();
    runtime = new FakeRuntime();
    runtime.store = store;
    pruner = new LeasePruner({ clock, runtime, log: new RecordingLogger() });
    for (const image of ['a:1', 'b:1']) await store.createLease({ [LEASE_LABEL]: image }, call);
    const abort = new AbortController();
    const running = pruner.run(abort.signal);
    stop = () => {
      abort.abort();
      return running;
    };
  });
  afterEach(() => stop());

  const call = { signal: new AbortController().signal, deadlineMs: 1 };
  const images = (): (string | undefined)[] =>
    [...store.leases.values()].map(({ labels }) => labels[LEASE_LABEL]);
  const keepOnly = async (...kept: string[]): Promise<void> => {
    pruner.keepOnly(new Set(kept));
    await clock.advance(0);
  };

  it('touches nothing before it knows what is wanted', async () => {
    await clock.advance(600_000);
    assert.deepEqual(images(), ['a:1', 'b:1']);
  });

  it('lets go of what a daemon before it has left', async () => {
    await keepOnly('a:1');
    assert.deepEqual(images(), ['a:1']);
  });

  it('lets go of an image when it is no longer wanted', async () => {
    await keepOnly('a:1', 'b:1');
    await keepOnly('b:1', 'c:1');
    assert.deepEqual(images(), ['b:1']);
  });

  it('asks the runtime nothing when images only come', async () => {
    await keepOnly('a:1', 'b:1');
    store.before = method => assert.fail(`called ${method}`);
    await keepOnly('a:1', 'b:1', 'c:1');
  });

  it('spares an image that is wanted again while others are let go', async () => {
    store.before = method => {
      if (method === 'deleteLease') pruner.keepOnly(new Set(['b:1']));
    };
    await keepOnly();
    assert.deepEqual(images(), ['b:1']);
  });

  it('waits for a runtime that is away', async () => {
    runtime.lose('no socket');
    await keepOnly('a:1', 'b:1');
    await keepOnly();
    runtime.find();
    await clock.advance(0);
    assert.deepEqual(images(), []);
  });

  it('does not ask a runtime again that knows no leases', async () => {
    let asked = 0;
    store.before = () => {
      asked++;
      throw new UnimplementedError('PullFailed', 'unknown service');
    };
    await keepOnly();
    await clock.advance(600_000);
    assert.equal(asked, 1);
  });

  it('tries again what failed', async () => {
    store.before = () => {
      throw new CriError('Timeout', 'no answer');
    };
    await keepOnly();
    store.before = () => {};
    assert.deepEqual(images(), ['a:1', 'b:1']);
    await clock.advance(30_000);
    assert.deepEqual(images(), []);
  });
});
