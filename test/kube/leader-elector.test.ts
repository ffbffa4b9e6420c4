import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { LEASES } from '../../api/resources.ts';
import { createLeaderElector } from '../../kube/leader-elector.ts';
import { hasCode } from '../../runtime/errors.ts';
import { noMetrics } from '../../runtime/metrics.ts';
import { FakeKube } from '../support/fake-kube.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { Candidate, type CandidateOptions, type LinkState, Reign, TIMES } from './candidate.ts';

/** Candidates of one election. */
class Election {
  readonly kube = new FakeKube();
  readonly reign = new Reign();
  readonly #candidates: Candidate[] = [];

  async join(options: CandidateOptions): Promise<Candidate> {
    const candidate = new Candidate(this.kube, this.reign, options);
    this.#candidates.push(candidate);
    await this.kube.clock.advance(0);
    return candidate;
  }

  advance(seconds: number): Promise<void> {
    return this.kube.clock.advance(seconds * 1000);
  }

  lease() {
    return this.kube.read(LEASES, 'default/lease');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const candidate of this.#candidates) candidate.link = 'up';
    for (const candidate of this.#candidates) candidate.stop();
    await this.advance(120);
    await Promise.all(this.#candidates.map(candidate => candidate.ended()));
    assert.equal(this.kube.clock.pending, 0, 'a timer is left');
  }
}

describe('createLeaderElector', () => {
  it('takes a free lease and says who holds it', async () => {
    await using election = new Election();
    const a = await election.join({ identity: 'a' });
    assert.deepEqual(election.reign.chronicle, ['a begins']);
    assert.equal(a.elector.isLeader, true);
    assert.equal(a.elector.leader, 'a');
    assert.deepEqual(election.lease()?.spec, {
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      acquireTime: '2026-01-01T00:00:00.000000Z',
      renewTime: '2026-01-01T00:00:00.000000Z',
      leaseTransitions: 0,
    });
    assert.match(
      await a.metrics.exposition(),
      /^leader_election_master_status\{name="lease"\} 1$/m,
    );
  });

  it('renews while it leads and lets the others wait', async () => {
    await using election = new Election();
    await election.join({ identity: 'a' });
    const b = await election.join({ identity: 'b' });
    await election.advance(300);
    assert.deepEqual(election.reign.chronicle, ['a begins']);
    assert.equal(b.elector.isLeader, false);
    assert.equal(b.elector.leader, 'a');
    const { acquireTime, renewTime = '' } = election.lease()?.spec ?? {};
    assert.equal(acquireTime, '2026-01-01T00:00:00.000000Z');
    assert.ok(renewTime >= '2026-01-01T00:04:57');
  });

  it('hands over at once when the leader stops in order', async () => {
    await using election = new Election();
    const a = await election.join({ identity: 'a' });
    const b = await election.join({ identity: 'b' });
    await election.advance(30);
    a.stop();
    await election.advance(2.4);
    assert.deepEqual(election.reign.chronicle.slice(1), [
      'a is told to stop',
      'a ends',
      'b begins',
    ]);
    assert.equal(a.end, 'well');
    assert.equal(election.lease()?.spec?.leaseTransitions, 1);
    b.stop();
    await election.advance(1);
    assert.equal(election.lease()?.spec?.holderIdentity, '');
    assert.equal(election.lease()?.spec?.leaseTransitions, 1);
  });

  it('keeps the lease until the work of a stopped leader has ended', async () => {
    await using election = new Election();
    const a = await election.join({ identity: 'a', lingerMs: 60_000 });
    await election.join({ identity: 'b' });
    a.stop();
    await election.advance(59);
    assert.deepEqual([...election.reign.leaders], ['a']);
    await election.advance(4);
    assert.deepEqual([...election.reign.leaders], ['b']);
    assert.equal(election.reign.most, 1);
  });

  it('takes over when the leader was silent for the lease duration, not before', async () => {
    await using election = new Election();
    const a = await election.join({ identity: 'a' });
    await election.join({ identity: 'b' });
    await election.advance(30);
    a.link = 'down';
    await election.advance(12.5);
    assert.deepEqual([...election.reign.leaders], []);
    await election.advance(7.5);
    assert.deepEqual([...election.reign.leaders], ['b']);
  });

  for (const link of ['down', 'hanging', 'deaf'] as const) {
    it(`stops the work at the renew deadline when the link is ${link}`, async () => {
      await using election = new Election();
      const a = await election.join({ identity: 'a' });
      await election.advance(0.1);
      a.link = link;
      await election.advance(9.8);
      assert.equal(a.elector.isLeader, true);
      await election.advance(0.2);
      // A renewal without its answer may have been carried out, so the time counts from the last answer.
      assert.ok(election.reign.chronicle.includes('a is told to stop'));
      assert.equal(a.elector.isLeader, false);
    });
  }

  it('counts its time from when a renewal was sent, not from its answer', async () => {
    await using election = new Election();
    const a = await election.join({ identity: 'a' });
    a.link = 'slow';
    await election.advance(2.2);
    const sent = election.lease()?.spec?.renewTime;
    assert.equal(sent, '2026-01-01T00:00:02.200000Z');
    await election.advance(4);
    a.link = 'down';
    await election.advance(5.9);
    assert.equal(a.elector.isLeader, true);
    await election.advance(0.1);
    assert.equal(a.elector.isLeader, false);
  });

  it('stands again after it lost the lease, and leads again', async () => {
    await using election = new Election();
    const a = await election.join({ identity: 'a' });
    a.link = 'hanging';
    await election.advance(60);
    assert.deepEqual(election.reign.chronicle, ['a begins', 'a is told to stop', 'a ends']);
    a.link = 'up';
    await election.advance(20);
    assert.equal(a.elector.isLeader, true);
    assert.equal(election.reign.chronicle.at(-1), 'a begins');
  });

  it('ends with LEASE_LOST when the work of a lost term goes on for too long', async () => {
    await using election = new Election();
    const a = await election.join({ identity: 'a', lingerMs: 30_000 });
    a.link = 'down';
    await election.advance(16);
    assert.ok(hasCode(a.end, 'LEASE_LOST'));
  });

  it('gives the lease up and rejects when the work fails', async () => {
    const kube = new FakeKube();
    const elector = createLeaderElector(
      { namespace: 'default', name: 'lease', identity: 'a', ...TIMES },
      deps(kube),
    );
    const running = elector.run(
      () => Promise.reject(new Error('broken')),
      new AbortController().signal,
    );
    await assert.rejects(running, /broken/);
    assert.equal(kube.read(LEASES, 'default/lease')?.spec?.holderIdentity, '');
    assert.equal(elector.isLeader, false);
  });

  const skews: readonly [string, number][] = [
    ['an hour fast', 3_600_000],
    ['an hour slow', -3_600_000],
  ];
  for (const [name, skewMs] of skews) {
    it(`is not led astray by a clock that is ${name}`, async () => {
      await using election = new Election();
      const a = await election.join({ identity: 'a' });
      await election.join({ identity: 'b', skewMs });
      await election.advance(120);
      assert.deepEqual([...election.reign.leaders], ['a']);
      a.link = 'down';
      await election.advance(20);
      assert.deepEqual([...election.reign.leaders], ['b']);
      assert.equal(election.reign.most, 1);
    });
  }

  it('gives a lease it never saw before its full time', async () => {
    await using election = new Election();
    election.kube.seed(LEASES, {
      metadata: { namespace: 'default', name: 'lease' },
      spec: {
        holderIdentity: 'long-gone',
        leaseDurationSeconds: 30,
        renewTime: '2020-01-01T00:00:00.000000Z',
      },
    });
    const a = await election.join({ identity: 'a' });
    await election.advance(29);
    assert.equal(a.elector.isLeader, false);
    await election.advance(4);
    assert.equal(a.elector.isLeader, true);
  });

  it('stays leader when somebody else touches the lease, and keeps what it does not know', async () => {
    await using election = new Election();
    const a = await election.join({ identity: 'a' });
    const touch = {
      metadata: { labels: { touched: 'yes' } },
      spec: { strategy: 'OldestEmulationVersion' },
    };
    const name = { namespace: 'default', name: 'lease' };
    await election.kube.patch(LEASES, name, { type: 'merge', body: touch });
    await election.advance(60);
    assert.equal(a.elector.isLeader, true);
    const lease = election.lease();
    assert.equal(lease?.metadata.labels?.['touched'], 'yes');
    const { strategy } = (lease?.spec ?? {}) as { readonly strategy?: string };
    assert.equal(strategy, 'OldestEmulationVersion');
  });

  it('makes the lease anew when it was deleted', async () => {
    await using election = new Election();
    const a = await election.join({ identity: 'a' });
    await election.kube.delete(LEASES, { namespace: 'default', name: 'lease' });
    await election.advance(5);
    assert.equal(a.elector.isLeader, true);
    assert.equal(election.lease()?.spec?.holderIdentity, 'a');
  });

  it('stops at once when somebody else took the lease', async () => {
    await using election = new Election();
    await election.join({ identity: 'a' });
    const name = { namespace: 'default', name: 'lease' };
    const body = { spec: { holderIdentity: 'thief' } };
    await election.kube.patch(LEASES, name, { type: 'merge', body });
    await election.advance(2.4);
    assert.deepEqual(election.reign.chronicle, ['a begins', 'a is told to stop', 'a ends']);
  });

  it('refuses times that do not leave room for each other', () => {
    const options = { namespace: 'n', name: 'l', identity: 'a', ...TIMES };
    for (const wrong of [{ leaseDurationMs: 10_000 }, { renewDeadlineMs: 2_000 }]) {
      assert.throws(
        () => createLeaderElector({ ...options, ...wrong }, deps(new FakeKube())),
        error => hasCode(error, 'CONFIG_INVALID'),
      );
    }
  });

  it('never has two leaders, whatever happens to the links, and has one when they are up', async () => {
    const link = fc.constantFrom<LinkState>('up', 'up', 'down', 'hanging', 'deaf', 'slow');
    const step = fc.record({ a: link, b: link, seconds: fc.integer({ min: 1, max: 40 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async steps => {
        await using election = new Election();
        const a = await election.join({ identity: 'a', skewMs: 90_000, lingerMs: 4_000 });
        const b = await election.join({ identity: 'b', lingerMs: 500 });
        for (const { a: linkA, b: linkB, seconds } of steps) {
          a.link = linkA;
          b.link = linkB;
          await election.advance(seconds);
        }
        a.link = 'up';
        b.link = 'up';
        await election.advance(40);
        assert.equal(election.reign.most, 1, election.reign.chronicle.join(', '));
        assert.equal(election.reign.leaders.size, 1);
      }),
      { numRuns: 25 },
    );
  });
});

function deps(kube: FakeKube) {
  const log = new RecordingLogger();
  return { client: kube, clock: kube.clock, log, metrics: noMetrics, random: () => 0.5 };
}
