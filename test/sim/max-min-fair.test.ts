import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Link, maxMinFairRates } from '../../sim/max-min-fair.ts';

const link = (bytesPerSecond: number, name = 'link'): Link => ({ name, bytesPerSecond });

describe('maxMinFairRates', () => {
  const uplink = link(100);
  const fast = link(1000);
  const slow = link(10);
  const cases: { name: string; flows: Link[][]; rates: number[] }[] = [
    { name: 'gives a lone flow its narrowest link', flows: [[uplink, slow]], rates: [10] },
    {
      name: 'splits a link evenly',
      flows: [
        [uplink, link(1000)],
        [uplink, link(1000)],
      ],
      rates: [50, 50],
    },
    {
      name: 'gives what a slow flow leaves to the others',
      flows: [
        [uplink, slow],
        [uplink, fast],
      ],
      rates: [10, 90],
    },
    {
      name: 'lets a flow over no link be infinitely fast',
      flows: [[], [slow]],
      rates: [Number.POSITIVE_INFINITY, 10],
    },
    { name: 'gives nothing over a dead link', flows: [[link(0), uplink]], rates: [0] },
  ];
  for (const { name, flows, rates } of cases) {
    it(name, () => assert.deepEqual(maxMinFairRates(flows), rates));
  }

  const networks = fc
    .array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 8 })
    .chain(capacities => {
      const links = capacities.map((capacity, i) => link(capacity, `link-${i}`));
      const crossed = fc.uniqueArray(fc.constantFrom(...links), { minLength: 1, maxLength: 4 });
      return fc.array(crossed, { maxLength: 20 });
    });

  const load = (flows: Link[][], rates: number[], on: Link): number =>
    flows.reduce((sum, crossed, i) => sum + (crossed.includes(on) ? (rates[i] ?? 0) : 0), 0);

  it('never loads a link beyond what it carries', () => {
    fc.assert(
      fc.property(networks, flows => {
        const rates = maxMinFairRates(flows);
        for (const on of new Set(flows.flat())) {
          assert.ok(load(flows, rates, on) <= on.bytesPerSecond * (1 + 1e-6));
        }
      }),
    );
  });

  it('gives every flow a full link on which no other flow is faster', () => {
    fc.assert(
      fc.property(networks, flows => {
        const rates = maxMinFairRates(flows);
        for (const [i, crossed] of flows.entries()) {
          const rate = rates[i] ?? 0;
          const bottleneck = crossed.find(on => {
            const full = load(flows, rates, on) >= on.bytesPerSecond * (1 - 1e-6);
            const fastest = flows.every(
              (other, j) => !other.includes(on) || (rates[j] ?? 0) <= rate * (1 + 1e-6),
            );
            return full && fastest;
          });
          assert.ok(bottleneck, `flow ${i} could be faster`);
        }
      }),
    );
  });

  it('gives a flow that stands for many what each of them would get', () => {
    const counted = networks.chain(flows => {
      const counts = fc.array(fc.integer({ min: 1, max: 5 }), {
        minLength: flows.length,
        maxLength: flows.length,
      });
      return counts.map(each => ({ flows, counts: each }));
    });
    fc.assert(
      fc.property(counted, ({ flows, counts }) => {
        const rates = maxMinFairRates(flows, counts);
        const owners = counts.flatMap((count, flow) => Array.from({ length: count }, () => flow));
        const single = maxMinFairRates(owners.map(flow => flows[flow] ?? []));
        for (const [i, flow] of owners.entries()) {
          const [one = 0, all = 0] = [single[i], rates[flow]];
          assert.ok(Math.abs(one - all) <= one * 1e-6, `flow ${flow}: ${one} and ${all}`);
        }
      }),
    );
  });
});
