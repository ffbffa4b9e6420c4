import { Argument, Command } from 'commander';

/** `completion SHELL`: a script for the shell, or for kubectl's own completion of plugins. */
export function completionCommand(): Command {
  return new Command('completion')
    .description(
      'Print a completion script. For kubectl: save it on the PATH as kubectl_complete-headstart, executable.',
    )
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish', 'kubectl']))
    .action(async (shell: 'bash' | 'zsh' | 'fish' | 'kubectl') => {
      const { COMPLETION_SCRIPTS } = await import('./completion-scripts.ts');
      process.stdout.write(COMPLETION_SCRIPTS[shell]);
    });
}
