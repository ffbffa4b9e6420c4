import assert from 'node:assert/strict';
import {
  parseBandwidth,
  parseBytes,
  parseShare,
  parseSlowNodes,
} from '../../../cli/simulate/quantities.ts';

describe('quantities of headstart simulate', () => {
  const cases = [
    { of: parseBytes, text: '1200MB', is: 1.2e9 },
    { of: parseBytes, text: '1.5 Gi', is: 1.5 * 2 ** 30 },
    { of: parseBytes, text: '700M', is: 7e8 },
    { of: parseBytes, text: '42', is: 42 },
    { of: parseBytes, text: 'large', is: undefined },
    { of: parseBytes, text: '-1GB', is: undefined },
    { of: parseBandwidth, text: '1Gbit', is: 1.25e8 },
    { of: parseBandwidth, text: '20Gbit/s', is: 2.5e9 },
    { of: parseBandwidth, text: '800Mbps', is: 1e8 },
    { of: parseBandwidth, text: '125MB/s', is: 1.25e8 },
    { of: parseBandwidth, text: '1GB', is: undefined },
    { of: parseShare, text: '60%', is: 0.6 },
    { of: parseShare, text: '101%', is: undefined },
    { of: parseShare, text: '0.6', is: undefined },
    { of: parseSlowNodes, text: '5%:10x', is: { share: 0.05, factor: 10 } },
    { of: parseSlowNodes, text: '5%', is: undefined },
    { of: parseSlowNodes, text: '5%:0.5x', is: undefined },
    { of: parseSlowNodes, text: '120%:2x', is: undefined },
  ];
  for (const { of, text, is } of cases) {
    it(`${of.name} reads '${text}'`, () => assert.deepEqual(of(text), is));
  }
});
