import assert from 'node:assert/strict';
import { boundedLabel } from '../../runtime/bounded-label.ts';

describe('boundedLabel', () => {
  it('keeps the first values apart and calls the rest other', () => {
    const label = boundedLabel(2);
    assert.deepEqual(['a', 'b', 'a', 'c', 'b', 'd'].map(label), [
      'a',
      'b',
      'a',
      'other',
      'b',
      'other',
    ]);
  });
});
