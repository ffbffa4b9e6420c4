import { type Command, CommanderError } from 'commander';

/** Runs a command line to its end. `onFailure` reports what a command throws; usage errors exit with 2. */
export async function runProgram(
  program: Command,
  onFailure: (error: unknown) => void,
): Promise<void> {
  // `headstart manifests | head` closes the pipe early: that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  try {
    await strict(program).parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else onFailure(error);
  }
}

/** commander ends the process by itself with exit code 1; usage errors are 2 here. */
function strict(command: Command): Command {
  command.exitOverride();
  command.commands.forEach(strict);
  return command;
}
