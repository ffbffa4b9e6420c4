import assert from 'node:assert/strict';
import { repullAfterMs } from '../../../controllers/image-pull-job/repull.ts';
import { nodeNames } from '../cluster.ts';

describe('repullAfterMs', () => {
  it('is a day, give or take ten minutes, spread over the nodes and always the same for one', () => {
    const waits = nodeNames(99).map(name => repullAfterMs('job', name));
    const [day, spread] = [86_400_000, 600_000];
    assert.ok(waits.every(wait => wait >= day - spread && wait <= day + spread));
    assert.ok(new Set(waits).size > 95);
    assert.ok(Math.min(...waits) < day - spread / 2 && Math.max(...waits) > day + spread / 2);
    assert.equal(repullAfterMs('job', 'node-01'), waits[0]);
  });
});
