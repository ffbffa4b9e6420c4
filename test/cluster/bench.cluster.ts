import assert from 'node:assert/strict';
import { churn } from '../../bench/churn.ts';
import { fanout } from '../../bench/fanout.ts';
import { nodes } from '../../bench/nodes.ts';
import { rollout } from '../../bench/rollout.ts';
import type { Result } from '../../bench/scenario.ts';
import { webhook } from '../../bench/webhook.ts';

/** Small and short: that they work is shown here, how fast Headstart is by `npm run bench`. */
const TINY = { nodes: 12, parallelism: 3, pullMs: 300, pods: 5, jobs: 4 };
/** Rollouts have real daemons anyway, and churn has simulated ones. */
const FANOUT = { daemons: 'real' } as const;

const CHECKS: Readonly<Record<string, (result: Result) => void>> = {
  fanout: ({ ratio, writesPerNode, mostAtOnce, writes }) => {
    assert.ok(Number(ratio) >= 1, `pulls take their time, not ${String(ratio)}`);
    assert.ok(Number(writesPerNode) >= 2 && Number(writesPerNode) < 4, String(writesPerNode));
    assert.equal(mostAtOnce, TINY.parallelism);
    for (const writer of ['headstart-manager', 'headstart-daemon']) {
      assert.ok(writer in (writes as object), writer);
    }
  },
  nodes: ({ labelledSeconds, createdSeconds }) => {
    assert.ok(Number(labelledSeconds) >= Number(createdSeconds));
  },
  rollout: ({ held, running }) => {
    const [first, second] = [held as Result, running as Result];
    assert.equal(first['warmedInTime'], TINY.nodes, 'a rollout that waits finds every image');
    assert.ok(Number(first['patchToJobMs']) < 5_000);
    for (const phase of [first, second]) {
      assert.ok(Number(phase['maxPullsAtOnce']) <= TINY.parallelism);
    }
  },
  churn: ({ violations, failed, desired, succeeded }) => {
    assert.equal(violations, 0);
    assert.deepEqual([failed, succeeded], [0, desired]);
  },
  webhook: ({ connections8, addedPatchP50Ms }) => {
    const { mutateReqPerSec, ratioToBareHttps } = connections8 as Result;
    assert.ok(Number(mutateReqPerSec) > 0 && Number(ratioToBareHttps) > 0);
    assert.ok(Number.isFinite(addedPatchP50Ms));
  },
};

describe('npm run bench, control plane and webhooks', () => {
  for (const scenario of [fanout, nodes, rollout, churn, webhook]) {
    const { name, defaults } = scenario;
    it(`measures ${name}`, async () => {
      const kind = name === 'fanout' ? FANOUT : {};
      const result = await scenario.run({ ...defaults, ...TINY, ...kind });
      const check = CHECKS[name] ?? assert.fail(`no check for ${name}`);
      check(result);
    });
  }
});
