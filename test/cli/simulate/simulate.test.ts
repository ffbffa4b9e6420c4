import assert from 'node:assert/strict';
import { boundsOf } from '../../../cli/simulate/bounds.ts';
import { chart } from '../../../cli/simulate/chart.ts';
import { findingsOf } from '../../../cli/simulate/findings.ts';
import { reportLines } from '../../../cli/simulate/report.ts';
import { searchParallelism } from '../../../cli/simulate/search.ts';
import { simulate } from '../../../cli/simulate/simulate.ts';
import { scenario, simulated } from './scenarios.ts';

/** What the controllers, daemons and requests add to a turn of pulls, at most. */
const OVERHEAD_SHARE = 0.1;

describe('simulate', function () {
  // Time here is simulated; this is for machines that are busy.
  this.timeout(60_000);

  const cases = [
    { name: 'the parallelism', changes: {}, seconds: 2.4 },
    { name: 'the registry', changes: { registryBandwidth: 125e6, parallelism: 12 }, seconds: 9.6 },
    {
      name: 'the links of the zones',
      changes: { zones: 2, zoneBandwidth: 125e6, parallelism: 12 },
      seconds: 4.8,
    },
    {
      name: 'the slowest node',
      changes: { slow: { share: 0.1, factor: 10 }, parallelism: 12 },
      seconds: 8,
    },
    { name: 'what nodes lack', changes: { sharedShare: 0.5 }, seconds: 1.2 },
    {
      name: "the manager's ceiling",
      changes: { parallelism: 12, maxPullsPerRegistry: 2 },
      seconds: 4.8,
    },
  ];
  for (const { name, changes, seconds } of cases) {
    it(`takes as long as ${name} makes it, and a little more`, async () => {
      const [bound] = boundsOf(scenario(changes));
      assert.ok(Math.abs((bound?.seconds ?? 0) - seconds) < 1e-9, 'the bound is another one');
      const { makespanMs, status } = await simulated(changes);
      assert.equal(status.succeeded, 12);
      assert.ok(makespanMs >= seconds * 1000, `${makespanMs} ms is faster than possible`);
      assert.ok(makespanMs <= seconds * 1000 * (1 + OVERHEAD_SHARE), `${makespanMs} ms`);
    });
  }

  it('gives the same answer for the same seed, and another one for another', async () => {
    const random = { failureShare: 0.4, slow: { share: 0.2, factor: 3 } };
    const all = async (seed: number) => findingsOf(await simulated({ ...random, seed }));
    const first = await all(1);
    assert.deepEqual(await all(1), first);
    assert.notDeepEqual((await all(2)).series, first.series);
  });

  it('tries again what the registry refuses, with the pauses of the daemon', async () => {
    const { recorder, makespanMs } = await simulated({ failureShare: 0.3, parallelism: 12 });
    assert.ok(recorder.failedAttempts > 0);
    assert.equal(recorder.attempts, recorder.failedAttempts + recorder.warmAtMs.length);
    assert.ok(makespanMs > 1_300, 'a pause lasts half a second or more');
  });

  it('tells the nodes that failed when every attempt does', async () => {
    const findings = findingsOf(await simulated({ nodes: 2, failureShare: 1 }));
    assert.equal(findings.failed, 2);
    assert.equal(findings.warmSeconds[50], undefined);
    assert.match(reportLines(findings).join('\n'), /nodes warm +50 % never/);
  });

  it('never pulls on more nodes at once than the parallelism', async () => {
    assert.equal((await simulated()).recorder.mostPulling, 4);
  });

  it('accounts for every byte', async () => {
    const { registry, series } = findingsOf(await simulated({ registryBandwidth: 125e6 }));
    assert.ok(Math.abs(registry.bytes - 1.2e9) < 12);
    assert.ok(registry.peakBitsPerSecond <= 1e9 * (1 + 1e-9), 'the registry gave more than it can');
    assert.equal(series.at(-1)?.nodesWarm, 12);
  });

  it('is no faster with more parallelism when the registry is the limit', async () => {
    const bound = (12 * 100e6) / 125e6;
    for (const parallelism of [2, 6, 12]) {
      const { makespanMs } = await simulated({ registryBandwidth: 125e6, parallelism });
      assert.ok(makespanMs >= bound * 1000, `${makespanMs} ms at ${parallelism}`);
    }
  });

  it('ends with the reason of its signal', async () => {
    const running = simulate(scenario(), AbortSignal.abort(new Error('enough')));
    await assert.rejects(running, /enough/);
  });

  describe('with a deadline', () => {
    const search = async (deadlineMs: number, changes = {}) => {
      const wanted = scenario(changes);
      const probe = (parallelism: number) => simulated({ ...changes, parallelism });
      return (await searchParallelism(wanted, deadlineMs, probe)).scenario.parallelism;
    };

    it('finds the smallest parallelism that meets it', async () => {
      const found = await search(2_000);
      assert.ok((await simulated({ parallelism: found })).makespanMs <= 2_000);
      assert.ok((await simulated({ parallelism: found - 1 })).makespanMs > 2_000);
    });

    it('says what stands in the way when none does', async () => {
      const slow = search(5_000, { registryBandwidth: 125e6 });
      await assert.rejects(slow, /no parallelism ends the job within 5\.0s.*9\.6s \(registry\)/);
      // Possible for a perfect world, but not for this one.
      await assert.rejects(search(801), /no parallelism ends the job within 0\.8s/);
    });
  });

  it('draws a chart that says what it shows', async () => {
    const svg = chart(findingsOf(await simulated()));
    assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox=/);
    assert.match(svg, /<title>12 nodes, parallelism 4: warm in 2\.\ds<\/title>/);
    assert.match(svg, /prefers-color-scheme: dark/);
    assert.match(svg, />10 Gbit\/s<|>4 Gbit\/s</);
    assert.match(svg, /time since the job was made/);
    assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
  });
});
