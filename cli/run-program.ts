import { type Command, CommanderError } from 'commander';

/** The hidden first word with which a shell asks for completions, as cobra calls it. */
const COMPLETE = '__complete';

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
  const [first, ...words] = process.argv.slice(2);
  try {
    // Before commander: the words that follow are those of another, unfinished command line.
    if (first === COMPLETE) await printCompletions(program, words);
    else await strict(program).parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else onFailure(error);
  }
}

async function printCompletions(program: Command, words: readonly string[]): Promise<void> {
  const { completionLines } = await import('./plugin/run-complete.ts');
  process.stdout.write(`${(await completionLines(program, words)).join('\n')}\n`);
}

/** commander ends the process by itself with exit code 1; usage errors are 2 here. */
function strict(command: Command): Command {
  command.exitOverride();
  command.commands.forEach(strict);
  return command;
}
