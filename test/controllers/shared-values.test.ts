import assert from 'node:assert/strict';
import { SharedValues } from '../../controllers/shared-values.ts';

describe('SharedValues', () => {
  it('gives equal values one place, and keeps others apart', () => {
    const shared = new SharedValues();
    const first = shared.of({ app: 'web', tier: 'a' });
    assert.equal(shared.of({ app: 'web', tier: 'a' }), first);
    assert.deepEqual(shared.of({ app: 'web', tier: 'b' }), { app: 'web', tier: 'b' });
    assert.deepEqual(shared.of({ tier: 'a', app: 'web' }), { tier: 'a', app: 'web' });
  });

  it('tells texts from numbers that look alike', () => {
    const shared = new SharedValues();
    assert.deepEqual(
      [shared.of('1'), shared.of(1), shared.of('true'), shared.of(true)],
      ['1', 1, 'true', true],
    );
  });

  it('stays right when it has met more values than it keeps', () => {
    const shared = new SharedValues();
    for (let n = 0; n < 50_000; n++) assert.deepEqual(shared.of([n]), [n]);
  });
});
