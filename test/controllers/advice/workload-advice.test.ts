import assert from 'node:assert/strict';
import { ANNOTATION_PARALLELISM, ANNOTATION_PREDOWNLOAD, GROUP } from '../../../api/names.ts';
import { CLONE_SETS } from '../../../api/resources.ts';
import type { Workload } from '../../../api/workload.ts';
import { createAdvice } from '../../../controllers/advice/advice.ts';
import { startControllerWorld } from '../../support/controller-world.ts';
import { type CloneSetOptions, cloneSet, seedRunning } from '../predownload/objects.ts';
import { gates } from '../predownload/world.ts';

interface Case {
  readonly name: string;
  /** Of the CloneSet after the change; five pods run on five nodes. */
  readonly options?: CloneSetOptions;
  readonly images?: readonly string[];
  readonly gateOff?: boolean;
  readonly advice: readonly RegExp[];
}

const rolling = (settings: object): CloneSetOptions => ({
  updateStrategy: { type: 'RollingUpdate', rollingUpdate: settings },
});

const cases: readonly Case[] = [
  {
    name: 'how many nodes a change warms, and how many at a time',
    advice: [/^predownloads app:v2 on 5 nodes, 1 at a time$/],
  },
  {
    name: 'a parallelism in percent as a number of nodes',
    options: { annotations: { [ANNOTATION_PARALLELISM]: '50%' } },
    advice: [/^predownloads app:v2 on 5 nodes, 3 at a time$/],
  },
  {
    name: 'no more at a time than there are nodes',
    options: { annotations: { [ANNOTATION_PARALLELISM]: '40' } },
    advice: [/^predownloads app:v2 on 5 nodes, 5 at a time$/],
  },
  {
    name: 'that parallelism 0 pauses',
    options: { annotations: { [ANNOTATION_PARALLELISM]: '0' } },
    advice: [/^predownload of app:v2 on 5 nodes is paused: its parallelism is 0$/],
  },
  {
    name: 'the number of several images',
    images: ['app:v2', 'sidecar:v2'],
    advice: [/^predownloads 2 images on 5 nodes, 1 at a time$/],
  },
  {
    name: 'the end of a long image, where its tag is',
    images: [`registry.example.com/${'deep/'.repeat(20)}app:v2`],
    advice: [/^predownloads ….{37}:v2 on 5 nodes, 1 at a time$/],
  },
  {
    name: 'that 3 replicas are too few',
    options: { replicas: 3 },
    advice: [/^nothing is predownloaded, TooFewReplicas: the workload has 3 replicas/],
  },
  {
    name: 'that pods which are made again are not warmed',
    options: rolling({ podUpdatePolicy: 'ReCreate', maxUnavailable: 1 }),
    advice: [/^nothing is predownloaded, NotInPlace: the update strategy is ReCreate/],
  },
  {
    name: 'that one batch leaves no time',
    options: rolling({ podUpdatePolicy: 'InPlaceIfPossible', maxUnavailable: '100%' }),
    advice: [/^nothing is predownloaded, SingleBatch: all pods are updated in one batch/],
  },
  {
    name: 'that the workload says never',
    options: { annotations: { [ANNOTATION_PREDOWNLOAD]: 'never' } },
    advice: [/^nothing is predownloaded, PredownloadNever: headstart\/predownload is never$/],
  },
  {
    name: 'that the gate is off',
    gateOff: true,
    advice: [/^nothing is predownloaded, GateOff: the feature gate of predownloading is off$/],
  },
  {
    name: 'what it waits for',
    options: rolling({
      podUpdatePolicy: 'InPlaceIfPossible',
      maxUnavailable: 1,
      inPlaceUpdateStrategy: { imagePreDownloadMinUpdatedReadyPods: 2 },
    }),
    advice: [/^predownload waits: 0 updated pods are ready and 2 are required/],
  },
  { name: 'nothing when no image is new', images: [], advice: [] },
];

async function adviceOn({
  options = {},
  images = ['app:v2'],
  gateOff = false,
}: Omit<Case, 'name'>) {
  await using world = await startControllerWorld(() => [], {
    workloads: [CLONE_SETS],
    seed: kube => seedRunning(kube),
  });
  const advice = createAdvice(world.deps.informers, gates(!gateOff));
  const old: Workload = cloneSet();
  const changed = cloneSet({ ...options, image: 'app:v2' });
  return advice.workload({
    old,
    new: changed,
    group: GROUP,
    kind: 'CloneSet',
    images: [...images],
  });
}

describe('advice on a workload', () => {
  for (const { name, advice, ...given } of cases) {
    it(`tells ${name}`, async () => {
      const lines = await adviceOn({ ...given, advice });
      assert.equal(lines.length, advice.length, lines.join('\n'));
      for (const [index, line] of advice.entries()) assert.match(lines[index] ?? '', line);
      for (const line of lines) assert.ok(line.length <= 120, line);
    });
  }

  it('says nothing about kinds that are never warmed', async () => {
    await using world = await startControllerWorld(() => []);
    const advice = createAdvice(world.deps.informers, gates(true));
    const old = cloneSet();
    const change = { old, new: old, group: GROUP, kind: 'SidecarSet', images: ['app:v2'] };
    assert.deepEqual(advice.workload(change), []);
  });
});
