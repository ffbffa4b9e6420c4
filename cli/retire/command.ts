import { Command } from 'commander';
import { untilSignalled } from '../exit.ts';
import { MANAGER_NAMESPACE_DEFAULT } from '../manager/options.ts';

/** `headstart retire`: what has to happen before an installation is deleted. */
export function retireCommand(): Command {
  return new Command('retire')
    .description(
      'Scale the managers to nothing and wait until they have disarmed their webhooks and let go of unfinished jobs.',
    )
    .option('--namespace <name>', 'namespace of the managers', MANAGER_NAMESPACE_DEFAULT)
    .option(
      '--kubeconfig <path>',
      'kubeconfig to use; default: KUBECONFIG, else the pod it runs in',
    )
    .option('--context <name>', 'context of the kubeconfig')
    .action(async (raw: Record<string, unknown>) => {
      const { runRetire } = await import('./run-retire.ts');
      await untilSignalled(signal => runRetire(raw, signal));
    });
}
