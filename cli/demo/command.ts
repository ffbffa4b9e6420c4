import { Command } from 'commander';
import { untilSignalled } from '../exit.ts';

/** `headstart demo`: an embedded cluster that shows a rollout without and with pre-download. */
export function demoCommand(): Command {
  return new Command('demo')
    .description(
      'Show a rollout without and with pre-download on an embedded cluster. Needs nothing but Node.js.',
    )
    .option('--keep', 'leave an embedded cluster running and print its kubeconfig, until Ctrl-C')
    .option('--nodes <count>', 'nodes of the embedded cluster', '12')
    .option('--replicas <count>', 'pods of the CloneSet', '12')
    .action(async (raw: Record<string, unknown>) => {
      const { readDemoOptions } = await import('./options.ts');
      const { runDemo } = await import('./run-demo.ts');
      await untilSignalled(signal => runDemo(readDemoOptions(raw), signal));
    });
}
