import assert from 'node:assert/strict';
import { summaryOf } from './manager-log.ts';
import type { ManagerProcess } from './manager-process.ts';

export interface LogExpectation {
  /** Warnings and errors: far fewer than there are nodes times seconds, far more than a slow machine makes. */
  readonly complaintsAtMost: number;
  /** An API server was started meanwhile: until it has read its roles, it forbids everything. */
  readonly apiServerStarted?: boolean;
}

/** Measured: 140 to 190 MB with 500 nodes, of which 70 are the reader of kubeconfigs, which a pod does not load. */
const MOST_RSS_MB = 260;

/** Nothing was forbidden to the manager, it did not crash, and it did not shout. */
export async function assertCalm(
  manager: ManagerProcess,
  { complaintsAtMost, apiServerStarted = false }: LogExpectation,
): Promise<void> {
  const { complaints, forbidden, foreign } = await manager.log();
  if (!apiServerStarted) assert.deepEqual(forbidden, []);
  assert.deepEqual(foreign, []);
  const summary = `${complaints.length} complaints: ${summaryOf(complaints)}`;
  assert.ok(complaints.length <= complaintsAtMost, summary);
}

/** As {@link assertCalm}, and the process that was started first still runs, within its memory. */
export async function assertSound(
  manager: ManagerProcess,
  expectation: LogExpectation,
): Promise<void> {
  assert.equal(manager.lastEnd, undefined, 'the manager ended');
  await assertCalm(manager, expectation);
  const rssMb = await manager.peakRssMb();
  assert.ok(rssMb <= MOST_RSS_MB, `the manager took ${rssMb} MB`);
}
