import assert from 'node:assert/strict';
import type { KubeEvent } from '../../../api/core.ts';
import type { PredownloadFacts } from '../../../api/predownload-preconditions.ts';
import { predownloadSettings } from '../../../api/predownload-settings.ts';
import { WORKLOAD_KINDS } from '../../../api/workload-kinds.ts';
import { judge } from '../../../cli/plugin/why-verdict.ts';
import type { WorkloadStory } from '../../../cli/plugin/workload-story.ts';
import { rolloutWorkload } from '../rollout-objects.ts';
import { COMPLETE, FAILED, HALF, pullJob, withStatus } from './jobs.ts';

const [kind] = WORKLOAD_KINDS;
assert.ok(kind);
const workload = rolloutWorkload('CloneSet', 8);

/** A CloneSet of eight that would be warmed, of which nothing else is known. */
function story(changes: Partial<WorkloadStory> = {}): WorkloadStory {
  assert.ok(kind);
  return {
    kind,
    workload,
    settings: predownloadSettings(workload),
    facts: facts(),
    changedImages: ['app:v2'],
    jobs: [],
    events: [],
    ...changes,
  };
}

function facts(changes: Partial<PredownloadFacts> = {}): PredownloadFacts {
  assert.ok(kind);
  return {
    gateOn: true,
    mode: 'auto',
    imageChanged: true,
    rollout: kind.rolloutOf(workload),
    inPlace: { possible: true },
    updatedReadyPods: 0,
    minUpdatedReadyPods: 0,
    ...changes,
  };
}

const rollout = facts().rollout;

function event(reason: string, message: string, type: 'Normal' | 'Warning' = 'Normal'): KubeEvent {
  return { metadata: { name: reason }, involvedObject: {}, reason, message, type };
}

describe('the verdict on a workload', () => {
  it('is Failed with what helps against each reason', () => {
    const { verdict, advice } = judge(story({ jobs: [COMPLETE, FAILED] }));
    assert.equal(verdict, 'Failed');
    assert.deepEqual(
      advice.map(line => line.split(':')[0]),
      ['Unauthorized', 'NotFound'],
    );
  });

  it('is Warming while one of its jobs runs, and Warm when all are complete', () => {
    assert.equal(judge(story({ jobs: [COMPLETE, HALF] })).verdict, 'Warming');
    assert.equal(judge(story({ jobs: [COMPLETE] })).message, 'the new images are on 10 nodes');
  });

  it('names the annotation when the jobs are paused', () => {
    const paused = withStatus(pullJob(), {}, { type: 'Progressing', reason: 'Paused' });
    const { message, advice } = judge(story({ jobs: [paused] }));
    assert.equal(message, 'the jobs are paused: parallelism is 0');
    assert.match(advice.join(), /image-predownload-parallelism/);
  });

  const skips: readonly (readonly [string, Partial<PredownloadFacts>, RegExp])[] = [
    ['PredownloadNever', { mode: 'never' }, /headstart\/predownload-$/],
    ['TooFewReplicas', { rollout: { ...rollout, replicas: 3 } }, /predownload=always$/],
    [
      'NotInPlace',
      { rollout: { ...rollout, onDelete: true } },
      /podUpdatePolicy InPlaceIfPossible$/,
    ],
    ['InPlaceImpossible', { inPlace: { possible: false, path: 'spec.x' } }, /predownload=always$/],
    [
      'SingleBatch',
      { rollout: { ...rollout, partition: 0, maxUnavailable: 8 } },
      /maxUnavailable, partition$/,
    ],
    ['TooFewUpdatedReadyPods', { minUpdatedReadyPods: 2 }, /^wait, or lower /],
  ];
  for (const [reason, changes, advice] of skips) {
    it(`is Skipped, ${reason}, with a way out`, () => {
      const answer = judge(story({ facts: facts(changes) }));
      assert.deepEqual([answer.verdict, answer.reason], ['Skipped', reason]);
      assert.doesNotMatch(answer.message, /; set /);
      assert.match(answer.advice.at(-1) ?? '', advice);
    });
  }

  it('remembers by Events how the last change went', () => {
    const past = [
      event('CreatedImagePullJob', 'created ImagePullJob web-1'),
      event('PreDownloadSkipped', 'NotInPlace: it is recreated'),
    ];
    const unchanged = { facts: facts({ imageChanged: false }) };
    assert.match(
      judge(story({ ...unchanged, events: past })).message,
      /; the last change was not warmed: NotInPlace: it is recreated$/,
    );
    assert.match(
      judge(story({ ...unchanged, events: past.slice(0, 1) })).message,
      /; the last change was warmed: created ImagePullJob web-1$/,
    );
    assert.equal(judge(story(unchanged)).message, 'every running pod has the image already');
  });

  it('is NotStarted when there should be a job, with the last trouble', () => {
    const { verdict, advice } = judge(story());
    assert.equal(verdict, 'NotStarted');
    assert.match(advice.join(), /PreDownloadImageForInPlaceUpdate/);
    const events = [event('FailedCreateImagePullJob', 'quota exceeded', 'Warning')];
    assert.equal(judge(story({ events })).message, 'there is no job: quota exceeded');
  });
});
