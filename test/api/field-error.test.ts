import assert from 'node:assert/strict';
import { renderFieldErrors } from '../../api/field-error.ts';

const errors = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ path: `spec.a[${i}]`, message: 'is wrong' }));

describe('renderFieldErrors', () => {
  it('puts one violation on one line', () => {
    assert.equal(renderFieldErrors(errors(1)), 'spec.a[0]: is wrong');
  });

  it('puts several on a line each, under their number', () => {
    assert.equal(
      renderFieldErrors(errors(2)),
      '2 problems:\n  spec.a[0]: is wrong\n  spec.a[1]: is wrong',
    );
  });

  it('stops after 50 lines and counts the rest', () => {
    const lines = renderFieldErrors(errors(60)).split('\n');
    assert.equal(lines.length, 52);
    assert.equal(lines.at(-1), '  and 10 more');
  });

  it('is empty without violations', () => {
    assert.equal(renderFieldErrors([]), '');
  });
});
