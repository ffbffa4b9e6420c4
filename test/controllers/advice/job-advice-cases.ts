import type { Node } from '../../../api/core.ts';
import type {
  ImagePullJob,
  ImagePullJobSpec,
  ImagePullJobStatus,
} from '../../../api/image-pull-job.ts';
import type { Condition } from '../../../api/meta.ts';
import { IMAGE_PULL_JOBS, NODE_IMAGES, NODES, PODS } from '../../../api/resources.ts';
import { createAdvice } from '../../../controllers/advice/advice.ts';
import { startControllerWorld } from '../../support/controller-world.ts';
import { node, nodeNames, podOn, pullJob } from '../cluster.ts';
import { gates } from '../predownload/world.ts';

export interface JobAdviceCase {
  readonly name: string;
  readonly nodes: readonly Node[];
  /** A job of the same namespace. */
  readonly other?: ImagePullJob;
  /** A pod `app: web` runs on each. */
  readonly podsOn?: readonly string[];
  readonly spec: Partial<ImagePullJobSpec>;
  readonly advice: readonly string[];
}

const ready = nodeNames(3).map(name => node(name));
const nothingMatches = 'the job matches no node now and would end as Failed (NoMatchingNodes)';

/** All that is told, and where nothing is. */
export const JOB_ADVICE_CASES: readonly JobAdviceCase[] = [
  { name: 'nothing about a job that will simply run', nodes: ready, spec: {}, advice: [] },
  {
    name: 'that named nodes do not exist, and shows three of them (W14)',
    nodes: ready,
    spec: { selector: { names: ['node-01', 'a', 'b', 'c', 'd'] } },
    advice: ['4 of the named nodes do not exist: a, b, c, …'],
  },
  {
    name: 'that a job whose names all miss matches nothing (W14)',
    nodes: ready,
    spec: { selector: { names: ['a'] } },
    advice: ['1 of the named nodes do not exist: a', nothingMatches],
  },
  {
    name: 'that labels match nothing (W14)',
    nodes: ready,
    spec: { selector: { matchLabels: { pool: 'gpu' } } },
    advice: [nothingMatches],
  },
  {
    name: 'that no pod matches (W14)',
    nodes: ready,
    spec: { podSelector: { matchLabels: { app: 'web' } } },
    advice: [nothingMatches],
  },
  {
    name: 'nothing about pods on nodes without a NodeImage, which are never targets',
    nodes: ready,
    podsOn: ['node-01', 'virtual'],
    spec: { podSelector: { matchLabels: { app: 'web' } } },
    advice: [],
  },
  {
    name: 'which nodes cannot pull now, and why (W3)',
    nodes: [
      node('node-01'),
      node('node-02', { diskPressure: true }),
      node('node-03', { ready: 'Unknown' }),
    ],
    spec: {},
    advice: ['1 of 3 nodes wait, short of disk: node-02', '1 of 3 nodes wait, not Ready: node-03'],
  },
  {
    name: 'that parallelism 0 pauses',
    nodes: ready,
    spec: { parallelism: 0 },
    advice: ['parallelism is 0: the job is paused until it is raised'],
  },
  {
    name: 'which pull secret another job of the namespace misses',
    nodes: ready,
    other: withoutSecret({}),
    spec: { pullSecrets: ['registry', 'present'] },
    advice: ['pull secret registry cannot be used now, says job other'],
  },
  {
    name: 'nothing of a pull secret that a job missed which has ended',
    nodes: ready,
    other: withoutSecret({ completionTime: '2026-01-01T00:00:00Z' }),
    spec: { pullSecrets: ['registry'] },
    advice: [],
  },
];

/** A job that misses the secret `registry`. */
function withoutSecret(status: Partial<ImagePullJobStatus>): ImagePullJob {
  const condition: Condition = {
    type: 'PullSecretsReady',
    status: 'False',
    reason: 'FailedPullSecret',
    message: 'secret default/registry does not exist',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  };
  const counts = { desired: 3, active: 0, completed: 0, succeeded: 0, failed: 0 };
  return { ...pullJob('other'), status: { ...counts, conditions: [condition], ...status } };
}

/** What is told of the job of a case. */
export async function adviceOnJob({
  nodes,
  other,
  podsOn = [],
  spec,
}: JobAdviceCase): Promise<string[]> {
  await using world = await startControllerWorld(() => [], {
    seed: kube => {
      if (other !== undefined) kube.seed(IMAGE_PULL_JOBS, other);
      for (const each of nodes) {
        const { name: nodeName, labels = {} } = each.metadata;
        kube.seed(NODES, each);
        kube.seed(NODE_IMAGES, { metadata: { name: nodeName, labels }, spec: {} });
      }
      for (const nodeName of podsOn) kube.seed(PODS, podOn(nodeName, `web-${nodeName}`));
    },
  });
  return createAdvice(world.deps.informers, gates(true)).imagePullJob(pullJob('job', spec));
}
