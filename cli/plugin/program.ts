import { Command } from 'commander';
import { VERSION } from '../version.ts';
import { pluginCommands } from './commands.ts';

/** The kubectl plugin: the commands of `headstart` that people use, under the name that kubectl looks for. */
export function pluginProgram(): Command {
  const program = new Command('kubectl headstart')
    .description('Watch, start, explain and plan image pulls of Headstart.')
    .version(VERSION)
    .showHelpAfterError('(add --help for more)');
  for (const command of pluginCommands()) program.addCommand(command);
  return program;
}
