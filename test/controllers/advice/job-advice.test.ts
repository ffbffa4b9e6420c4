import assert from 'node:assert/strict';
import type { Node } from '../../../api/core.ts';
import type { ImagePullJobSpec } from '../../../api/image-pull-job.ts';
import { NODE_IMAGES, NODES, PODS } from '../../../api/resources.ts';
import { createAdvice } from '../../../controllers/advice/advice.ts';
import { startControllerWorld } from '../../support/controller-world.ts';
import { node, nodeNames, podOn, pullJob } from '../cluster.ts';
import { gates } from '../predownload/world.ts';

interface Case {
  readonly name: string;
  readonly nodes: readonly Node[];
  /** A pod `app: web` runs on each. */
  readonly podsOn?: readonly string[];
  readonly spec: Partial<ImagePullJobSpec>;
  readonly advice: readonly string[];
}

const ready = nodeNames(3).map(name => node(name));
const nothingMatches = 'the job matches no node now and would end as Failed (NoMatchingNodes)';

const cases: readonly Case[] = [
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
    name: 'which nodes cannot pull now, with the first reason (W3)',
    nodes: [
      node('node-01'),
      node('node-02', { diskPressure: true }),
      node('node-03', { ready: 'Unknown' }),
    ],
    spec: {},
    advice: ['2 of 3 nodes cannot pull now and wait: node-02 short of disk'],
  },
  {
    name: 'that parallelism 0 pauses',
    nodes: ready,
    spec: { parallelism: 0 },
    advice: ['parallelism is 0: the job is paused until it is raised'],
  },
];

describe('advice on an ImagePullJob', () => {
  for (const { name, nodes, podsOn = [], spec, advice } of cases) {
    it(`tells ${name}`, async () => {
      await using world = await startControllerWorld(() => [], {
        seed: kube => {
          for (const each of nodes) {
            const { name: nodeName, labels = {} } = each.metadata;
            kube.seed(NODES, each);
            kube.seed(NODE_IMAGES, { metadata: { name: nodeName, labels }, spec: {} });
          }
          for (const nodeName of podsOn) kube.seed(PODS, podOn(nodeName, `web-${nodeName}`));
        },
      });
      const advisor = createAdvice(world.deps.informers, gates(true));
      assert.deepEqual(advisor.imagePullJob(pullJob('job', spec)), advice);
    });
  }

  it('says nothing while the caches are not filled', () => {
    const unfilled = { hasSynced: false } as Parameters<typeof createAdvice>[0];
    const advisor = createAdvice(unfilled, gates(true));
    assert.deepEqual(advisor.imagePullJob(pullJob('job', { selector: { names: ['a'] } })), []);
  });
});
