import assert from 'node:assert/strict';
import fc from 'fast-check';
import { KubeError } from '../../../kube/kube-error.ts';
import { node, nodeNames, pullJob, startCluster } from '../cluster.ts';

const WRITES = new Set(['patch', 'create']);

const turn = fc.oneof(
  fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 100, max: 4_000 }) }),
  fc.record({ kind: fc.constant('parallelism' as const), value: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant('node' as const), index: fc.nat(7), ready: fc.boolean() }),
  fc.record({ kind: fc.constant('watches' as const) }),
);

/** What befalls the calls of manager and daemons, one after the other. */
const fault = fc.constantFrom('none', 'none', 'none', 'none', 'refused', 'lost', 'conflict');

describe('image-pull-job controller: under faults', () => {
  it('never exceeds the parallelism, pulls nowhere twice, and ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(turn, { maxLength: 15 }),
        fc.array(fault, { minLength: 1, maxLength: 40 }),
        play,
      ),
      { numRuns: 25 },
    );
  }).timeout(20_000);
});

async function play(turns: readonly Turn[], faults: readonly string[]): Promise<void> {
  const count = 8;
  await using cluster = await startCluster({ nodes: count, pullMs: 2_000 });
  let calls = 0;
  let faulty = true;
  const next = () => (faulty ? faults[calls++ % faults.length] : 'none');
  const isOurs = (verb: string, resource: string, subresource?: string) =>
    WRITES.has(verb) && resource === 'nodeimages' && subresource === undefined;
  let current: string | undefined;
  cluster.kube.before = ({ verb, resource, subresource }) => {
    if (!isOurs(verb, resource, subresource)) return;
    current = next();
    if (current === 'refused') throw new KubeError('timed out', { status: 500, retryable: true });
    if (current === 'conflict') throw new KubeError('changed', { status: 409, reason: 'Conflict' });
  };
  cluster.kube.after = ({ verb, resource, subresource }) => {
    if (!isOurs(verb, resource, subresource) || current !== 'lost') return;
    throw new KubeError('socket hang up', { status: 0, retryable: true });
  };
  let highest = 1;
  await cluster.create(pullJob('warm', { parallelism: 1, imagePullPolicy: 'Always' }));
  for (const each of turns) {
    if (each.kind === 'pass') await cluster.run(each.ms);
    if (each.kind === 'watches') cluster.kube.endWatches();
    if (each.kind === 'parallelism') {
      highest = Math.max(highest, each.value);
      await cluster.edit('warm', { parallelism: each.value });
    }
    if (each.kind === 'node') {
      const name = nodeNames(count)[each.index] ?? '';
      await cluster.setNode(node(name, { ready: each.ready ? 'True' : 'False' }));
    }
    assert.ok(cluster.daemons.pulling <= highest);
  }
  faulty = false;
  for (const name of nodeNames(count)) await cluster.setNode(node(name));
  await cluster.run(15 * 60_000);
  assert.ok(cluster.daemons.mostAtOnce <= highest, `${cluster.daemons.mostAtOnce} pulls at once`);
  assert.deepEqual([...cluster.daemons.nodes].sort(), nodeNames(count));
  assert.equal(cluster.status('warm').message, 'job has completed');
}

type Turn =
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'parallelism'; readonly value: number }
  | { readonly kind: 'node'; readonly index: number; readonly ready: boolean }
  | { readonly kind: 'watches' };
