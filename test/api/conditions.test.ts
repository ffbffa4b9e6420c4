import assert from 'node:assert/strict';
import { findCondition, isConditionTrue, setCondition } from '../../api/conditions.ts';
import type { Condition } from '../../api/meta.ts';

const EARLY = '2026-01-01T00:00:00Z';
const LATE = '2026-01-01T00:01:00Z';
const running = {
  type: 'Progressing',
  status: 'True',
  reason: 'Pulling',
  message: '1 of 4',
} as const;
const complete = { type: 'Complete', status: 'False', reason: 'Pulling', message: '' } as const;

describe('setCondition', () => {
  it('adds a condition with the time of now', () => {
    assert.deepEqual(setCondition(undefined, running, EARLY), [
      { ...running, lastTransitionTime: EARLY },
    ]);
  });

  it('keeps lastTransitionTime while the status stays, whatever the message says', () => {
    const before = setCondition([], running, EARLY);
    const after = setCondition(before, { ...running, message: '2 of 4' }, LATE);
    assert.equal(after[0]?.lastTransitionTime, EARLY);
    assert.equal(after[0]?.message, '2 of 4');
  });

  it('moves lastTransitionTime when the status changes', () => {
    const before = setCondition([], running, EARLY);
    const [after] = setCondition(before, { ...running, status: 'False' }, LATE);
    assert.equal(after?.lastTransitionTime, LATE);
  });

  it('keeps the order and the other conditions, and changes nothing in place', () => {
    const before = setCondition(setCondition([], running, EARLY), complete, EARLY);
    const copy = structuredClone(before) as Condition[];
    const after = setCondition(before, { ...running, status: 'False' }, LATE);
    assert.deepEqual(
      after.map(condition => condition.type),
      ['Progressing', 'Complete'],
    );
    assert.deepEqual(before, copy);
  });
});

describe('isConditionTrue', () => {
  it('is false for a condition that is False or was never set', () => {
    const conditions = setCondition(setCondition([], running, EARLY), complete, EARLY);
    assert.equal(isConditionTrue(conditions, 'Progressing'), true);
    assert.equal(isConditionTrue(conditions, 'Complete'), false);
    assert.equal(isConditionTrue(undefined, 'Complete'), false);
    assert.equal(findCondition(conditions, 'Failed'), undefined);
  });
});
