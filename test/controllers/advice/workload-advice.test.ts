import assert from 'node:assert/strict';
import { GROUP } from '../../../api/names.ts';
import { createAdvice } from '../../../controllers/advice/advice.ts';
import { startControllerWorld } from '../../support/controller-world.ts';
import { cloneSet } from '../predownload/objects.ts';
import { gates } from '../predownload/world.ts';
import { adviceOnWorkload, WORKLOAD_ADVICE_CASES } from './workload-advice-cases.ts';

describe('advice on a workload', () => {
  for (const given of WORKLOAD_ADVICE_CASES) {
    const { name, advice } = given;
    it(`tells ${name}`, async () => {
      const lines = await adviceOnWorkload(given);
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
