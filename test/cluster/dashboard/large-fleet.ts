import type { ImagePullJob } from '../../../api/image-pull-job.ts';
import { IMAGE_PULL_JOBS, NODE_IMAGES, NODES } from '../../../api/resources.ts';
import { jobOf, nodeImageOf, nodeOf } from '../../dashboard/fleet.ts';
import type { FakeKube } from '../../support/fake-kube.ts';

/** The same fleet each time: what a node is follows from its number. */
const shareOf = (index: number): number => ((index * 2_654_435_761) % 1000) / 1000;

const message =
  'rpc error: code = Unknown desc = failed to authorize: failed to fetch anonymous token: 401 Unauthorized';

/** Fills `kube` with a rollout in its middle on so many nodes: jobs, NodeImages, Nodes. `atMs` is now. */
export function fillFleet(kube: FakeKube, count: number, atMs: number): void {
  const at = (secondsAgo: number): string => new Date(atMs - secondsAgo * 1000).toISOString();
  const counts = { succeeded: 0, active: 0, failed: 0, unavailable: 0 };
  for (let index = 1; index <= count; index++) {
    const name = `node-${index}`;
    const share = shareOf(index);
    const isReady = share < 0.985;
    kube.seed(NODES, nodeOf(name, isReady));
    const [field, nodeImage] = nodeImageAt(name, { share, done: index / count, at });
    if (!isReady) counts.unavailable++;
    else if (field !== undefined) counts[field]++;
    kube.seed(NODE_IMAGES, isReady ? nodeImage : nodeImageOf(name, 'idle'));
  }
  for (const job of jobsOf(count, counts, at)) kube.seed(IMAGE_PULL_JOBS, job);
}

type Counts = Record<'succeeded' | 'active' | 'failed' | 'unavailable', number>;

function nodeImageAt(
  name: string,
  { share, done, at }: { share: number; done: number; at: (secondsAgo: number) => string },
): [keyof Counts | undefined, ReturnType<typeof nodeImageOf>] {
  if (share < 0.012) {
    return ['failed', nodeImageOf(name, 'failed', { reason: 'Unauthorized', message })];
  }
  if (done < 0.62) {
    const times = { startTime: at(400 - done * 500), completionTime: at(390 - done * 500) };
    return ['succeeded', nodeImageOf(name, 'warm', times)];
  }
  if (done < 0.8) {
    const progress = Math.round(share * 97);
    return ['active', nodeImageOf(name, 'pulling', { progress, startTime: at(20) })];
  }
  return [undefined, nodeImageOf(name, 'idle')];
}

function jobsOf(
  count: number,
  counts: Counts,
  at: (secondsAgo: number) => string,
): readonly ImagePullJob[] {
  const failures = [
    {
      reason: 'Unauthorized',
      count: counts.failed,
      exampleNode: 'node-377',
      exampleMessage: message,
    },
  ];
  const { succeeded, active, failed, unavailable } = counts;
  const waiting = count - succeeded - active - failed - unavailable;
  const running = jobOf('checkout', {
    status: {
      ...counts,
      desired: count,
      waiting,
      failures,
      startTime: at(410),
      estimatedCompletionTime: at(-200),
      bytesDone: 1.9e6 * succeeded * 100,
      bytesTotal: 1.9e6 * count * 100,
      conditions: [
        {
          type: 'Progressing',
          status: 'True',
          reason: 'RegistryBudget',
          message: `waits for other pulls from registry.example.com: ${active} run now, at most ${active} at once, lowered because it answered "too many requests"`,
          lastTransitionTime: at(300),
        },
      ],
    },
  });
  const ended = Array.from({ length: 30 }, (_, index) =>
    jobOf(`nightly-base-${index + 1}`, {
      spec: { image: `registry.example.com/base/runtime-${index + 1}:2026.11` },
      status: {
        desired: count,
        succeeded: count,
        completionTime: at(3600 + index * 60),
        conditions: [
          {
            type: 'Complete',
            status: 'True',
            reason: 'Completed',
            message: 'job has completed',
            lastTransitionTime: at(3600),
          },
        ],
      },
    }),
  );
  return [running, ...ended].map((job, index) => ({
    ...job,
    metadata: { ...job.metadata, creationTimestamp: at(410 + index * 60) },
  }));
}
