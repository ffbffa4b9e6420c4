import assert from 'node:assert/strict';
import type { ImageTagStatus, NodeImage } from '../../../api/node-image.ts';
import { Refusals } from '../../../controllers/registry-budget/refusals.ts';

const NOW_MS = Date.parse('2026-01-01T00:10:00Z');
const ENDED = '2026-01-01T00:09:00Z';
const ENDED_MS = Date.parse(ENDED);

const nodeWith = (statuses: Readonly<Record<string, Partial<ImageTagStatus>>>): NodeImage => ({
  metadata: { name: 'node-1' },
  spec: {},
  status: {
    desired: 1,
    imageStatuses: Object.fromEntries(
      Object.entries(statuses).map(([name, status]) => [
        name,
        { tags: [{ tag: '1', version: 0, phase: 'Failed', completionTime: ENDED, ...status }] },
      ]),
    ),
  },
});

const taken = (...shown: readonly (NodeImage | undefined)[]) => {
  const refusals = new Refusals();
  const all = shown.map(each => refusals.take('node-1', each, NOW_MS));
  return Object.fromEntries(all.at(-1) ?? []);
};

describe('Refusals', () => {
  const cases: readonly {
    readonly name: string;
    readonly status: Partial<ImageTagStatus>;
    readonly atMs: number | undefined;
  }[] = [
    { name: 'hears a pull that failed', status: { reason: 'RateLimited' }, atMs: ENDED_MS },
    {
      name: "understands the peer's daemon, which gives no reason",
      status: { message: 'toomanyrequests: You have reached your pull rate limit' },
      atMs: ENDED_MS,
    },
    {
      name: 'hears a pull that is tried again',
      status: { phase: 'Pulling', reason: 'RateLimited', completionTime: '' },
      atMs: NOW_MS,
    },
    {
      name: 'does not trust a clock that is ahead',
      status: { reason: 'RateLimited', completionTime: '2026-01-01T09:00:00Z' },
      atMs: NOW_MS,
    },
    { name: 'hears nothing else', status: { reason: 'NotFound' }, atMs: undefined },
    {
      name: 'does not read the messages of pulls that go on',
      status: { phase: 'Pulling', message: 'too many requests' },
      atMs: undefined,
    },
  ];
  for (const { name, status, atMs } of cases) {
    it(name, () => {
      const expected = atMs === undefined ? {} : { 'docker.io': { atMs, count: 1 } };
      assert.deepEqual(taken(nodeWith({ nginx: status })), expected);
    });
  }

  it('hears each once, and the next version again', () => {
    const refused = nodeWith({ nginx: { reason: 'RateLimited' } });
    assert.deepEqual(taken(refused, refused), {});
    const again = nodeWith({ nginx: { reason: 'RateLimited', version: 1 } });
    assert.equal(Object.keys(taken(refused, again)).length, 1);
    assert.equal(Object.keys(taken(refused, undefined, refused)).length, 1);
  });

  it('adds up what one registry refused', () => {
    const status = { reason: 'RateLimited' };
    const shown = nodeWith({ nginx: status, 'team/app': status, 'quay.io/app': status });
    assert.deepEqual(taken(shown), {
      'docker.io': { atMs: ENDED_MS, count: 2 },
      'quay.io': { atMs: ENDED_MS, count: 1 },
    });
  });
});
