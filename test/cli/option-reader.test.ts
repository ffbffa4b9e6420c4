import assert from 'node:assert/strict';
import { OptionReader } from '../../cli/option-reader.ts';

const problemsOf = (read: (reader: OptionReader) => void, raw: Record<string, unknown>): string => {
  const reader = new OptionReader(raw);
  read(reader);
  try {
    reader.finish();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('OptionReader', () => {
  it('reports every problem at once, a line each', () => {
    const problems = problemsOf(
      reader => {
        reader.requiredText('nodeName', 'set NODE_NAME');
        reader.integer('maxConcurrentPulls', { min: 1, max: 100 });
        reader.oneOf('logLevel', ['info', 'debug']);
        reader.address('metricsAddress');
      },
      { maxConcurrentPulls: '0', logLevel: 'loud', metricsAddress: 'nonsense' },
    );
    assert.equal(
      problems,
      [
        '--node-name is required: set NODE_NAME',
        "--max-concurrent-pulls must be a whole number from 1 to 100, not '0'",
        "--log-level must be one of info, debug, not 'loud'",
        "--metrics-address must look like 127.0.0.1:8080 or :8080, not 'nonsense'",
      ].join('\n'),
    );
  });

  for (const [text, expected] of [
    [':8080', { host: '0.0.0.0', port: 8080 }],
    ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
    ['[::1]:9443', { host: '::1', port: 9443 }],
  ] as const) {
    it(`reads the address ${text}`, () => {
      assert.deepEqual(new OptionReader({ address: text }).address('address'), expected);
    });
  }

  it('overrides known feature gates and names the unknown one', () => {
    const reader = new OptionReader({ featureGates: 'A=false' });
    assert.deepEqual(reader.featureGates('featureGates', { A: true, B: true }), {
      A: false,
      B: true,
    });
    assert.match(
      problemsOf(r => r.featureGates('featureGates', { A: true }), { featureGates: 'X=true' }),
      /does not know 'X'; it knows A/,
    );
  });
});
