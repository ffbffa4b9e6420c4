import { Command } from 'commander';
import type { RawOptions } from '../option-reader.ts';
import { withClusterOptions, withOutput } from './cluster-options.ts';
import { OUTPUT_FORMATS } from './output-format.ts';

/** `status`: the pull jobs, how far they are, and what failed. */
export function statusCommand(): Command {
  const command = new Command('status')
    .description('Show pull jobs: progress, time left, failures by reason.')
    .option('-A, --all-namespaces', 'jobs of every namespace')
    .option('-l, --selector <labels>', 'only jobs with these labels, as app=web,tier!=test')
    .option('-w, --watch', 'keep showing them until Ctrl-C');
  return withOutput(withClusterOptions(command), OUTPUT_FORMATS).action(async (raw: RawOptions) => {
    const { inSession } = await import('./session.ts');
    const { runStatus } = await import('./run-status.ts');
    await inSession(raw, session => runStatus(raw, session));
  });
}
