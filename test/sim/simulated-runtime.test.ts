import assert from 'node:assert/strict';
import type { Link } from '../../sim/max-min-fair.ts';
import { NetworkModel } from '../../sim/network-model.ts';
import { RegistryModel, type RegistryModelOptions } from '../../sim/registry-model.ts';
import { type PullAnswer, SimulatedRuntime } from '../../sim/simulated-runtime.ts';
import { FakeClock } from '../support/fake-clock.ts';

const MB = 1_000_000;

describe('SimulatedRuntime', () => {
  let clock: FakeClock;
  let network: NetworkModel;
  let registry: RegistryModel;
  const useRegistry = (options: RegistryModelOptions = {}): void => {
    registry = new RegistryModel(options);
  };
  beforeEach(() => {
    clock = new FakeClock();
    network = new NetworkModel({ clock });
    useRegistry();
  });

  const link = (mbPerSecond: number): Link => ({ name: 'link', bytesPerSecond: mbPerSecond * MB });
  const node = (mbPerSecond = 10): SimulatedRuntime =>
    new SimulatedRuntime({ registry, network, downlink: link(mbPerSecond) });

  /** Pulls and tells when the pull ended. */
  const pull = (runtime: SimulatedRuntime, image: string) => {
    const pulling: { answer?: PullAnswer; endedAtMs?: number } = {};
    void runtime.pull(image, {}, new AbortController().signal).then(answer => {
      pulling.answer = answer;
      pulling.endedAtMs = clock.monotonicMs();
    });
    return pulling;
  };

  it("takes the time that its image needs over the node's link", async () => {
    registry.push('app:1', { sizeBytes: 20 * MB });
    const pulling = pull(node(10), 'app:1');
    await clock.advance(10_000);
    assert.equal(pulling.endedAtMs, 2_000);
  });

  it('shares the uplink of the registry with other nodes', async () => {
    useRegistry({ uplink: link(10) });
    registry.push('app:1', { sizeBytes: 10 * MB });
    const pulls = [node(), node()].map(runtime => pull(runtime, 'app:1'));
    await clock.advance(10_000);
    assert.deepEqual(
      pulls.map(({ endedAtMs }) => endedAtMs),
      [2_000, 2_000],
    );
  });

  it('fetches only layers it does not have', async () => {
    const base = { digest: 'sha256:base', sizeBytes: 30 * MB };
    registry.push('app:1', { layers: [base, { digest: 'sha256:one', sizeBytes: 10 * MB }] });
    registry.push('app:2', { layers: [base, { digest: 'sha256:two', sizeBytes: 10 * MB }] });
    const runtime = node();
    pull(runtime, 'app:1');
    await clock.advance(10_000);
    const second = pull(runtime, 'app:2');
    await clock.advance(10_000);
    assert.equal(second.endedAtMs, 11_000);
    assert.equal(runtime.counters.downloadedBytes, 50 * MB);
  });

  it('counts its pulls and how many ran at once', async () => {
    for (const tag of ['1', '2', '3']) registry.push(`app:${tag}`, { sizeBytes: MB });
    const runtime = node();
    pull(runtime, 'app:1');
    pull(runtime, 'app:2');
    await clock.advance(1_000);
    pull(runtime, 'app:3');
    await clock.advance(1_000);
    const { pulls, mostPulling, pulling, downloads } = runtime.counters;
    assert.deepEqual({ pulls, mostPulling, pulling }, { pulls: 3, mostPulling: 2, pulling: 0 });
    assert.deepEqual([...downloads.keys()], ['app:1', 'app:2', 'app:3']);
  });

  it('moves a tag to the image that was pushed last', async () => {
    const first = registry.push('app:1');
    const runtime = node();
    pull(runtime, 'app:1');
    await clock.advance(0);
    const second = registry.push('app:1');
    pull(runtime, 'app:1');
    await clock.advance(0);
    assert.equal(runtime.images.find('app:1')?.image.id, second.id);
    assert.equal(runtime.images.find(first.id)?.repoTags.size, 0);
  });

  it('finds images that nobody pushed, if its registry has everything', async () => {
    useRegistry({ anyImageSizeBytes: 10 * MB });
    const runtime = node();
    const pulling = pull(runtime, 'quay.io/any/thing:1');
    await clock.advance(10_000);
    assert.equal(pulling.endedAtMs, 1_000);
    const [stored] = runtime.images.list();
    const again = pull(runtime, `quay.io/any/thing@${stored?.image.digest}`);
    await clock.advance(0);
    assert.deepEqual(again.answer, pulling.answer);
  });

  it('leaves nothing behind of a pull that everybody gave up', async () => {
    registry.push('app:1', { sizeBytes: 20 * MB });
    const runtime = node();
    const abort = new AbortController();
    const pulls = [1, 2].map(() => runtime.pull('app:1', {}, abort.signal));
    await clock.advance(1_000);
    abort.abort(new Error('given up'));
    const ends = await Promise.allSettled(pulls);
    assert.deepEqual(
      ends.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    assert.equal(network.active, 0);
    const again = pull(runtime, 'app:1');
    await clock.advance(10_000);
    assert.equal(again.endedAtMs, 3_000);
  });
});
