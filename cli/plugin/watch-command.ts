import { Command } from 'commander';
import type { RawOptions } from '../option-reader.ts';
import { withClusterOptions, withOutput } from './cluster-options.ts';

/** `watch JOB`: follows one job to its end, whose exit code says how it ended. */
export function watchCommand(): Command {
  const command = new Command('watch')
    .description(
      'Follow a pull job until it ends. Exits with 0 when it is Complete, 1 when it Failed, 3 when time ran out.',
    )
    .argument('<job>', 'name of an ImagePullJob')
    .option('--timeout <time>', 'how long to wait, such as 90s or 10m; 0s waits for ever', '0s');
  return withOutput(withClusterOptions(command), ['table', 'json', 'yaml', 'name']).action(
    async (job: string, raw: RawOptions) => {
      const { inSession } = await import('./session.ts');
      const { runWatch } = await import('./run-watch.ts');
      await inSession(raw, session => runWatch(job, raw, session));
    },
  );
}
