import { Command } from 'commander';
import type { RawOptions } from '../option-reader.ts';
import { withClusterOptions, withOutput } from './cluster-options.ts';

/** `why WORKLOAD`: why its new image was warmed or not, and what to do. */
export function whyCommand(): Command {
  const command = new Command('why')
    .description("Say why a workload's new image was or was not pulled ahead, and what to do.")
    .argument('<workload>', 'kind/name, such as cloneset/web or deployment/api');
  return withOutput(withClusterOptions(command), ['table', 'json', 'yaml']).action(
    async (workload: string, raw: RawOptions) => {
      const { inSession } = await import('./session.ts');
      const { runWhy } = await import('./run-why.ts');
      await inSession(raw, session => runWhy(workload, raw, session));
    },
  );
}
