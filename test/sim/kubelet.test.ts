import assert from 'node:assert/strict';
import type { Pod } from '../../api/core.ts';
import { PODS } from '../../api/resources.ts';
import { Kubelet } from '../../sim/kubelet/kubelet.ts';
import { settle } from '../support/fake-clock.ts';
import { FakeKube } from '../support/fake-kube.ts';

const { signal } = new AbortController();
const key = 'default/web';
const RESTART_MS = 1000;
const PULL_MS = 5000;

interface RunningPod extends Pod {
  readonly status?: NonNullable<Pod['status']> & {
    readonly containerStatuses?: readonly {
      readonly image: string;
      readonly imageID: string;
      readonly restartCount: number;
    }[];
  };
}

/** A kubelet with one pod; a pull takes {@link PULL_MS}. */
function startKubelet(...present: readonly string[]) {
  const kube = new FakeKube();
  const { clock } = kube;
  kube.seed(PODS, {
    metadata: { name: 'web', namespace: 'default' },
    spec: { nodeName: 'n1', containers: [{ name: 'main', image: 'app:v1' }] },
  });
  const images = new Set(present);
  const messages: string[] = [];
  const kubelet = new Kubelet(
    { restartMs: RESTART_MS },
    {
      client: kube,
      clock,
      events: {
        event: (_object, { reason, message }) => messages.push(`${reason}: ${message}`),
        flush: () => Promise.resolve(),
      },
      images: {
        find: image => Promise.resolve(images.has(image) ? `id-of-${image}` : undefined),
        pull: async image => {
          await clock.sleep(PULL_MS, signal);
          images.add(image);
          return `id-of-${image}`;
        },
      },
    },
  );
  const pod = (): RunningPod | undefined => kube.read<RunningPod>(PODS, key);
  return {
    kube,
    messages,
    pod,
    isReady: () => pod()?.status?.conditions?.some(({ status }) => status === 'True') ?? false,
    /** Starts a sync of what is there, or of `seen`, and lets `ms` pass. */
    sync: async (ms = 0, seen = pod()): Promise<void> => {
      const synced = kubelet.sync(key, seen, signal);
      await clock.advance(ms);
      await synced;
    },
    setImage: (image: string) =>
      kube.patch(
        PODS,
        { name: 'web', namespace: 'default' },
        { type: 'merge', body: { spec: { containers: [{ name: 'main', image }] } } },
      ),
  };
}

describe('the stand-in for the kubelet', () => {
  it('pulls an image that is not there before it starts the container, and says how long it took', async () => {
    const world = startKubelet();
    await world.sync(PULL_MS + RESTART_MS);
    assert.ok(world.isReady());
    assert.deepEqual(world.messages, [
      'Pulling: Pulling image "app:v1"',
      'Pulled: Successfully pulled image "app:v1" in 5.000s',
    ]);
  });

  it('pulls nothing that is there, and says so in the words of the kubelet', async () => {
    const world = startKubelet('app:v1');
    await world.sync(RESTART_MS);
    assert.ok(world.isReady());
    assert.deepEqual(world.messages, [
      'Pulled: Container image "app:v1" already present on machine',
    ]);
  });

  it('leaves a container alone that runs its image', async () => {
    const world = startKubelet('app:v1');
    await world.sync(RESTART_MS);
    const before = world.kube.writes.length;
    await world.sync();
    assert.equal(world.kube.writes.length, before);
  });

  it('takes a pod out of service while its image changes, and counts the restart', async () => {
    const world = startKubelet('app:v1');
    await world.sync(RESTART_MS);
    await world.setImage('app:v2');
    const syncing = world.sync(PULL_MS + RESTART_MS);
    await settle();
    assert.equal(world.isReady(), false);
    await syncing;
    assert.ok(world.isReady());
    const [container] = world.pod()?.status?.containerStatuses ?? [];
    assert.equal(container?.image, 'app:v2');
    assert.equal(container?.imageID, 'id-of-app:v2');
    assert.equal(container?.restartCount, 1);
  });

  it('lets a pod go that is being deleted', async () => {
    const world = startKubelet('app:v1');
    await world.sync(RESTART_MS);
    const pod = world.pod() ?? assert.fail('no pod');
    await world.sync(0, { ...pod, metadata: { ...pod.metadata, deletionTimestamp: 'now' } });
    assert.equal(world.pod(), undefined);
  });
});
