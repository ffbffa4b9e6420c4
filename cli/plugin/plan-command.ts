import { Command } from 'commander';
import type { RawOptions } from '../option-reader.ts';
import { repeated, withClusterOptions, withOutput } from './cluster-options.ts';

/** `plan -f FILE`: what applying it would pull, before it happens. */
export function planCommand(): Command {
  const command = new Command('plan')
    .description(
      'Show what applying files would pull, where and for how long. Changes nothing; exits with 1 when an object would be denied.',
    )
    .requiredOption(
      '-f, --filename <file>',
      'YAML or JSON, - for standard input; may be repeated',
      repeated,
    );
  return withOutput(withClusterOptions(command), ['table', 'json', 'yaml']).action(
    async (raw: RawOptions) => {
      const { inSession } = await import('./session.ts');
      const { runPlan } = await import('./run-plan.ts');
      await inSession(raw, session => runPlan(raw, session));
    },
  );
}
