import assert from 'node:assert/strict';
import {
  type DownloadFacts,
  type DownloadStatus,
  downloadStatus,
} from '../../../controllers/image-pull-job/download-totals.ts';
import { pullJob, startCluster } from '../cluster.ts';
import { at, T0_MS } from './builders.ts';

const COUNTS = {
  desired: 10,
  active: 2,
  waiting: 6,
  unavailable: 0,
  succeeded: 2,
  failed: 0,
  slots: 2,
  leaving: 0,
};
const NOTHING = { doneBytes: 0, totalBytes: 0, activeShares: 0 };

const facts = (changes: Partial<DownloadFacts> = {}): DownloadFacts => ({
  counts: COUNTS,
  totals: NOTHING,
  startedMs: T0_MS,
  nowMs: T0_MS + 20_000,
  isMoving: true,
  ...changes,
});

describe('downloadStatus', () => {
  const cases: readonly { name: string; of: Partial<DownloadFacts>; status: DownloadStatus }[] = [
    {
      name: 'goes on as the job did so far: a fifth took 20 s',
      of: {},
      status: { estimatedCompletionTime: at(100) },
    },
    {
      name: 'counts what has come of pulls that run',
      of: { totals: { doneBytes: 50, totalBytes: 100, activeShares: 0.5 } },
      status: { bytesDone: 50, bytesTotal: 100, estimatedCompletionTime: at(80) },
    },
    {
      name: 'says nothing of bytes that nobody tells',
      of: { isMoving: false },
      status: {},
    },
    {
      name: 'estimates nothing at the very beginning',
      of: { nowMs: T0_MS + 4_000 },
      status: {},
    },
    {
      name: 'estimates nothing from a small part',
      of: { counts: { ...COUNTS, desired: 100 } },
      status: {},
    },
    {
      name: 'estimates nothing while nodes are away',
      of: { counts: { ...COUNTS, unavailable: 1 } },
      status: {},
    },
    {
      name: 'estimates nothing for a job without targets',
      of: { counts: { ...COUNTS, desired: 0 } },
      status: {},
    },
  ];
  for (const { name, of, status } of cases) {
    it(name, () => assert.deepEqual(downloadStatus(facts(of)), status));
  }
});

describe('image-pull-job controller: downloads', () => {
  it('adds up what nodes tell, every few seconds, and says when it will be over', async () => {
    await using cluster = await startCluster({ nodes: 2, pullMs: 40_000 });
    await cluster.create(pullJob('warm'));
    await cluster.run(10_000);
    const told = () => {
      const { bytesDone, bytesTotal, estimatedCompletionTime } = cluster.status('warm');
      return { bytesDone, bytesTotal, estimatedCompletionTime };
    };
    assert.deepEqual(told(), {
      bytesDone: undefined,
      bytesTotal: undefined,
      estimatedCompletionTime: undefined,
    });
    cluster.daemons.tell('node-01', 'nginx:1.27', { bytesDone: 30, bytesTotal: 100 });
    cluster.daemons.tell('node-02', 'nginx:1.27', { bytesDone: 20, bytesTotal: 100 });
    await cluster.run(6_000);
    const { estimatedCompletionTime, ...bytes } = told();
    assert.deepEqual(bytes, { bytesDone: 50, bytesTotal: 200 });
    assert.match(estimatedCompletionTime ?? '', /^2026-01-01T00:0[01]:\d\dZ$/);
    await cluster.run(30_000);
    assert.equal(told().estimatedCompletionTime, undefined);
  });

  it('writes no status for bytes alone more often than every 5 seconds', async () => {
    await using cluster = await startCluster({ nodes: 2, pullMs: 60_000 });
    await cluster.create(pullJob('warm'));
    await cluster.run(1_000);
    const before = cluster.kube.writes.length;
    for (let bytesDone = 1; bytesDone <= 40; bytesDone++) {
      cluster.daemons.tell('node-01', 'nginx:1.27', { bytesDone, bytesTotal: 100 });
      await cluster.run(500);
    }
    const statuses = cluster.kube.writes
      .slice(before)
      .filter(({ resource, subresource }) => resource === 'imagepulljobs' && subresource);
    assert.ok(statuses.length >= 3 && statuses.length <= 5, `${statuses.length} writes`);
  });
});
