import { Command } from 'commander';
import type { RawOptions } from '../option-reader.ts';

/** `headstart simulate`: how long a pull job takes, and what it does to the registry, before it is run. */
export function simulateCommand(): Command {
  return new Command('simulate')
    .description(
      'Predict how long a pull job takes and what it does to the registry: the real controllers and daemons on a clock that does not wait. Needs no cluster.',
    )
    .option('--nodes <count>', 'nodes that pull', '1000')
    .option('--zones <count>', 'zones the nodes are spread over', '1')
    .option('--image-size <size>', 'compressed size of the image, such as 1200MB or 1Gi', '1GB')
    .option('--layers <count>', 'layers of the image', '8')
    .option('--shared <percent>', 'how much of the image the nodes have already', '0%')
    .option('--node-bandwidth <rate>', 'of each node, such as 1Gbit or 125MB/s', '1Gbit')
    .option('--registry-bandwidth <rate>', 'of the registry, for all nodes together', '10Gbit')
    .option('--zone-bandwidth <rate>', 'of each zone (default: no limit)')
    .option('--parallelism <count>', 'nodes that pull at once (default: 50)')
    .option('--max-pulls-per-registry <count>', "the manager's ceiling; 0: none", '0')
    .option('--failures <percent>', 'attempts that the registry answers with 503', '0%')
    .option(
      '--slow-nodes <percent:factor>',
      'such as 5%:10x: 5 % of the nodes with a tenth of the bandwidth',
    )
    .option('--pull-timeout <time>', 'limit of one attempt, pullPolicy.timeoutSeconds', '10m')
    .option('--deadline <time>', 'look for the smallest parallelism that ends the job in time')
    .option('--seed <number>', 'the same seed gives the same answer', '1')
    .option('-o, --output <format>', 'table, json or yaml', 'table')
    .option('--svg <file>', 'write a chart of warm nodes and registry load')
    .action(async (raw: RawOptions) => {
      const { readSimulateOptions } = await import('./options.ts');
      const { runSimulate } = await import('./run-simulate.ts');
      const { untilSignalled } = await import('../exit.ts');
      await untilSignalled(signal => runSimulate(readSimulateOptions(raw), signal));
    });
}
