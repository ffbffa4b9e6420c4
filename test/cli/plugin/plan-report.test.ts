import assert from 'node:assert/strict';
import { planLines, plannedPulls } from '../../../cli/plugin/plan-report.ts';
import type { WarmImage } from '../../../cli/plugin/warm-images.ts';

/** Earlier pulls of web that took these seconds. */
function pulled(...seconds: readonly number[]): WarmImage[] {
  const nodes = seconds.map((took, i) => ({
    node: `node-${i}`,
    state: 'warm' as const,
    startTime: '2026-01-01T12:00:00Z',
    completionTime: new Date(Date.parse('2026-01-01T12:00:00Z') + took * 1000).toISOString(),
  }));
  const counts = { warm: nodes.length, pulling: 0, waiting: 0, failed: 0, wanted: nodes.length };
  return [{ image: 'reg.example/web:1', ...counts, nodes }];
}

const web = { kind: 'CloneSet', namespace: 'shop', name: 'web', warnings: [] };

describe('a plan', () => {
  it('reckons rounds of what the repository usually took', () => {
    const pulls = plannedPulls(['reg.example/web:2'], '20%', 10, pulled(30, 40, 600));
    assert.deepEqual(pulls, {
      images: ['reg.example/web:2'],
      nodes: 10,
      atOnce: 2,
      estimate: { seconds: 200, rounds: 5, secondsPerPull: 40 },
    });
    assert.equal(
      planLines([{ ...web, action: 'changed', pulls }]).join('\n'),
      [
        'CloneSet shop/web would be changed',
        '  pulls     reg.example/web:2 on 10 nodes, 2 at a time',
        '  takes     about 3m20s: 5 rounds of 40s, as earlier pulls took',
      ].join('\n'),
    );
  });

  it('does not guess about a repository that nobody pulled', () => {
    const pulls = plannedPulls(['reg.example/api:2'], 1, 10, pulled(30));
    assert.match(
      planLines([{ ...web, action: 'created', pulls }]).join('\n'),
      /^ {2}takes +not known: no earlier pull of it is on record$/m,
    );
  });

  it('says when it would be paused, and what cannot be read', () => {
    const paused = plannedPulls(['web:2'], 0, 10, []);
    assert.deepEqual(planLines([{ ...web, action: 'created', pulls: paused }]).slice(1), [
      '  pulls     web:2 on 10 nodes, paused',
    ]);
    const unread = plannedPulls(['web:2'], 1, undefined, []);
    assert.deepEqual(planLines([{ ...web, action: 'created', pulls: unread }]).slice(1), [
      '  pulls     web:2 on nodes that you may not read',
    ]);
  });

  it('tells denials, skips and warnings', () => {
    const skip = { reason: 'NotInPlace', message: 'the update strategy is ReCreate' };
    assert.deepEqual(
      planLines([
        { ...web, action: 'denied', message: 'first\nsecond' },
        { ...web, action: 'changed', skip, warnings: ['beware'] },
      ]),
      [
        'CloneSet shop/web would be denied',
        '  because   first',
        '  because   second',
        'CloneSet shop/web would be changed',
        '  pulls     nothing, NotInPlace: the update strategy is ReCreate',
        '  warning   beware',
      ],
    );
  });
});
