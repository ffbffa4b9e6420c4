#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { daemonCommand } from './daemon/command.ts';
import { demoCommand } from './demo/command.ts';
import { reportFailure } from './exit.ts';
import { managerCommand } from './manager/command.ts';
import { manifestsCommand } from './manifests/command.ts';
import { VERSION } from './version.ts';

/** `headstart <command>`: commands load what they need when they run. */
const program = new Command('headstart')
  .description('Puts the next container image on a Kubernetes node before the pod needs it.')
  .version(VERSION)
  .showHelpAfterError('(add --help for more)')
  .addCommand(managerCommand())
  .addCommand(daemonCommand())
  .addCommand(demoCommand())
  .addCommand(manifestsCommand());

// commander ends the process by itself with exit code 1; usage errors are 2 here.
const strict = (command: Command): Command => {
  command.exitOverride();
  command.commands.forEach(strict);
  return command;
};

// `headstart manifests | head` closes the pipe early: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await strict(program).parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else reportFailure(error);
}
