import assert from 'node:assert/strict';
import { type PredownloadFacts, whyNotPredownload } from '../../api/predownload-preconditions.ts';
import type { Rollout } from '../../api/rollout.ts';

const rollout: Rollout = {
  replicas: 8,
  partition: 0,
  maxUnavailable: 1,
  podUpdatePolicy: 'InPlaceIfPossible',
  keepsNodes: false,
  onDelete: false,
  paused: false,
};
const warm: PredownloadFacts = {
  gateOn: true,
  mode: 'auto',
  imageChanged: true,
  rollout,
  inPlace: { possible: true },
  updatedReadyPods: 0,
  minUpdatedReadyPods: 0,
};
const facts = (change: Partial<PredownloadFacts>, rolling: Partial<Rollout> = {}) => ({
  ...warm,
  ...change,
  rollout: { ...rollout, ...rolling },
});

const ENV_CHANGED = { possible: false, path: 'spec.template.spec.containers[0].env' } as const;
/** Behaviour 1.3 in its order: what each step fails on, and what it says. */
const STEPS = [
  ['a', 'GateOff', facts({ gateOn: false }), /feature gate/],
  ['b', 'PredownloadNever', facts({ mode: 'never' }), /headstart\/predownload is never/],
  ['c', 'ImageUnchanged', facts({ imageChanged: false }), /has the image already/],
  ['d', 'TooFewReplicas', facts({}, { replicas: 3 }), /has 3 replicas and more than 3 are needed/],
  ['e', 'NotInPlace', facts({}, { podUpdatePolicy: 'ReCreate' }), /strategy is ReCreate/],
  ['e', 'NotInPlace', facts({}, { onDelete: true }), /strategy is OnDelete/],
  ['e', 'InPlaceImpossible', facts({ inPlace: ENV_CHANGED }), /containers\[0\]\.env differs/],
  ['f', 'SingleBatch', facts({}, { maxUnavailable: 8 }), /one batch/],
  [
    'g',
    'TooFewUpdatedReadyPods',
    facts({ minUpdatedReadyPods: 1 }),
    /0 updated pods are ready and 1/,
  ],
] as const;

describe('whyNotPredownload', () => {
  it('finds nothing against warming more than 3 replicas in place, batch by batch', () => {
    assert.equal(whyNotPredownload(warm), undefined);
    assert.equal(whyNotPredownload(facts({}, { replicas: 4 })), undefined);
    assert.equal(whyNotPredownload(facts({}, { podUpdatePolicy: 'InPlaceOnly' })), undefined);
  });

  for (const [step, reason, failing, message] of STEPS) {
    it(`${step}. says ${reason} and why`, () => {
      const skip = whyNotPredownload(failing);
      assert.equal(skip?.reason, reason);
      assert.match(skip.message, message);
    });
  }

  it('takes the first reason in the order a to g', () => {
    const everything = facts(
      {
        gateOn: false,
        mode: 'never',
        imageChanged: false,
        inPlace: ENV_CHANGED,
        minUpdatedReadyPods: 5,
      },
      { replicas: 3, podUpdatePolicy: 'ReCreate', maxUnavailable: 3 },
    );
    const repairs: readonly [string, Partial<PredownloadFacts>, Partial<Rollout>][] = [
      ['GateOff', { gateOn: true }, {}],
      ['PredownloadNever', { mode: 'auto' }, {}],
      ['ImageUnchanged', { imageChanged: true }, {}],
      ['TooFewReplicas', {}, { replicas: 4, maxUnavailable: 4 }],
      ['NotInPlace', {}, { podUpdatePolicy: 'InPlaceOnly' }],
      ['InPlaceImpossible', { inPlace: { possible: true } }, {}],
      ['SingleBatch', {}, { partition: 1 }],
      ['TooFewUpdatedReadyPods', { updatedReadyPods: 5 }, {}],
    ];
    let current = everything;
    for (const [reason, change, rolling] of repairs) {
      assert.equal(whyNotPredownload(current)?.reason, reason);
      current = { ...current, ...change, rollout: { ...current.rollout, ...rolling } };
    }
    assert.equal(whyNotPredownload(current), undefined);
  });

  it('makes an Event for d to g and only counts a to c (behaviour 8, Skips)', () => {
    for (const [step, , failing] of STEPS) {
      assert.equal(whyNotPredownload(failing)?.event, step >= 'd', step);
    }
  });

  it('with always skips d, e and f, and nothing else', () => {
    for (const [step, , failing] of STEPS) {
      if (step === 'b') continue;
      const skip = whyNotPredownload({ ...failing, mode: 'always' });
      assert.equal(skip === undefined, ['d', 'e', 'f'].includes(step), step);
    }
  });

  it('names the annotation that warms all the same wherever it would', () => {
    for (const [step, , failing] of STEPS) {
      const hinted = whyNotPredownload(failing)?.message.includes('headstart/predownload: always');
      assert.equal(hinted, ['d', 'e', 'f'].includes(step), step);
    }
  });

  it('does not call it one batch while a partition holds pods back', () => {
    assert.equal(whyNotPredownload(facts({}, { maxUnavailable: 8, partition: 1 })), undefined);
  });

  it('rounds the percentage of updated ready pods up', () => {
    const asked = (updatedReadyPods: number) =>
      whyNotPredownload(facts({ minUpdatedReadyPods: '20%', updatedReadyPods }));
    assert.equal(asked(1)?.reason, 'TooFewUpdatedReadyPods');
    assert.equal(asked(2), undefined);
  });

  it('warms while the rollout is paused', () => {
    assert.equal(whyNotPredownload(facts({}, { paused: true })), undefined);
  });

  it('asks for no update in place where pods come back to their nodes, unless only people start it', () => {
    const recreated = { podUpdatePolicy: 'ReCreate', keepsNodes: true } as const;
    assert.equal(whyNotPredownload(facts({ inPlace: ENV_CHANGED }, recreated)), undefined);
    const onDelete = facts({}, { ...recreated, onDelete: true });
    assert.equal(whyNotPredownload(onDelete)?.reason, 'NotInPlace');
  });
});
