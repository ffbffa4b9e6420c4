import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MAX_ADVICE_LENGTH } from '../../api/advice.ts';
import { fitWarnings } from '../../webhook/warnings.ts';

describe('fitWarnings', () => {
  it('says each text once, in order', () => {
    assert.deepEqual(fitWarnings(['b', 'a', 'b']), ['b', 'a']);
  });

  it('leaves a text of the longest allowed length alone and cuts a longer one', () => {
    assert.deepEqual(fitWarnings(['x'.repeat(120)]), ['x'.repeat(120)]);
    assert.deepEqual(fitWarnings(['x'.repeat(121)]), [`${'x'.repeat(119)}…`]);
  });

  it('keeps no more texts than the API server passes on', () => {
    const many = Array.from({ length: 100_000 }, (_, i) => `warning ${i}`);
    assert.deepEqual(fitWarnings(many), many.slice(0, 34));
  });

  it('does not cut a character in half', () => {
    assert.deepEqual(fitWarnings([`${'x'.repeat(118)}😀😀`]), [`${'x'.repeat(118)}…`]);
  });

  it('makes every text fit for a header', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), text => {
        for (const line of fitWarnings([text])) {
          assert.ok(line.length <= MAX_ADVICE_LENGTH);
          assert.doesNotMatch(line, /\p{Cc}/u);
          assert.equal(Buffer.from(line).toString(), line);
        }
      }),
    );
  });
});
