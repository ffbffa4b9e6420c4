import assert from 'node:assert/strict';
import { simulateCommand } from '../../../cli/simulate/command.ts';
import { readSimulateOptions } from '../../../cli/simulate/options.ts';

const read = (...words: string[]) => {
  const command = simulateCommand().action(() => {});
  command.parse(words, { from: 'user' });
  return readSimulateOptions(command.opts());
};

describe('options of headstart simulate', () => {
  it('have defaults for everything', () => {
    const { scenario, deadlineMs, output } = read();
    assert.equal(scenario.nodes, 1000);
    assert.equal(scenario.nodeBandwidth, 1.25e8);
    assert.equal(scenario.zoneBandwidth, undefined);
    assert.equal(scenario.parallelism, 50);
    assert.deepEqual([deadlineMs, output], [undefined, 'table']);
  });

  it('take what people write', () => {
    const line =
      '--nodes 5000 --shared 60% --slow-nodes 5%:10x --zone-bandwidth 2.5GB/s --deadline 10m';
    const { scenario, deadlineMs } = read(...line.split(' '));
    assert.equal(scenario.nodes, 5000);
    assert.equal(scenario.sharedShare, 0.6);
    assert.deepEqual(scenario.slow, { share: 0.05, factor: 10 });
    assert.equal(scenario.zoneBandwidth, 2.5e9);
    assert.equal(deadlineMs, 600_000);
  });

  it('tell all their problems at once', () => {
    const words = ['--nodes', '0', '--image-size', 'big', '--node-bandwidth', '0Gbit'];
    assert.throws(
      () => read(...words, '--parallelism', '5', '--deadline', '10m', '-o', 'xml'),
      (error: Error) => {
        for (const flag of ['nodes', 'image-size', 'node-bandwidth', 'parallelism', 'output']) {
          assert.match(error.message, new RegExp(`^--${flag} `, 'm'));
        }
        return true;
      },
    );
  });
});
