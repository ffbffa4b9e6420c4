import { Command } from 'commander';
import type { RawOptions } from '../option-reader.ts';
import { repeated, withClusterOptions, withOutput } from './cluster-options.ts';

/** `pull IMAGE`: a pull job without writing YAML. */
export function pullCommand(): Command {
  const command = new Command('pull')
    .description('Create a pull job for an image. Without a choice of nodes it goes to every node.')
    .argument('<image>', 'image reference, such as nginx:1.27')
    .option('--nodes <names>', 'nodes, by name: a,b')
    .option('-l, --selector <labels>', 'nodes, by their labels')
    .option('--pods <labels>', 'nodes of the pods with these labels')
    .option('--parallelism <count>', 'nodes at once: a number or a percentage; default: 1')
    .option('--pull-timeout <time>', 'limit of one attempt on one node; default: 10m')
    .option('--pull-secret <name>', 'pull secret of the namespace; may be repeated', repeated)
    .option('--name <name>', 'name of the job; default: made from the image')
    .option('--wait', 'follow the job until it ends; exit codes as those of watch')
    .option('--timeout <time>', 'with --wait, how long to wait; 0s waits for ever', '0s');
  return withOutput(withClusterOptions(command), ['table', 'json', 'yaml', 'name']).action(
    async (image: string, raw: RawOptions) => {
      const { inSession } = await import('./session.ts');
      const { runPull } = await import('./run-pull.ts');
      await inSession(raw, session => runPull(image, raw, session));
    },
  );
}
