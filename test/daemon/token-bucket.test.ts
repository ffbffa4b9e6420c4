import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TokenBucket } from '../../daemon/token-bucket.ts';
import { FakeClock } from '../support/fake-clock.ts';

describe('TokenBucket', () => {
  it('lets a burst pass and then the rate', async () => {
    const clock = new FakeClock();
    const bucket = new TokenBucket({ burst: 2, perSecond: 0.5 }, clock);
    bucket.take();
    bucket.take();
    assert.equal(bucket.waitMs(), 2_000);
    await clock.advance(500);
    assert.equal(bucket.waitMs(), 1_500);
    await clock.advance(1_500);
    assert.equal(bucket.waitMs(), 0);
  });

  it('never gives more than burst and rate in any time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(5_000), { maxLength: 30 }), async pauses => {
        const clock = new FakeClock();
        const bucket = new TokenBucket({ burst: 5, perSecond: 0.5 }, clock);
        let taken = 0;
        for (const pause of pauses) {
          while (bucket.waitMs() === 0) {
            bucket.take();
            taken++;
          }
          await clock.advance(pause);
        }
        assert.ok(taken <= 5 + clock.monotonicMs() * 0.0005);
      }),
      { numRuns: 30 },
    );
  });
});
