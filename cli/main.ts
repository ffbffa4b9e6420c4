#!/usr/bin/env node
import { Command } from 'commander';
import { daemonCommand } from './daemon/command.ts';
import { demoCommand } from './demo/command.ts';
import { reportFailure } from './exit.ts';
import { managerCommand } from './manager/command.ts';
import { manifestsCommand } from './manifests/command.ts';
import { pluginCommands } from './plugin/commands.ts';
import { retireCommand } from './retire/command.ts';
import { runProgram } from './run-program.ts';
import { simulateCommand } from './simulate/command.ts';
import { VERSION } from './version.ts';

/** `headstart <command>`: commands load what they need when they run. */
const program = new Command('headstart')
  .description('Puts the next container image on a Kubernetes node before the pod needs it.')
  .version(VERSION)
  .showHelpAfterError('(add --help for more)')
  .addCommand(managerCommand())
  .addCommand(daemonCommand())
  .addCommand(demoCommand())
  .addCommand(simulateCommand())
  .addCommand(manifestsCommand())
  .addCommand(retireCommand());

for (const command of pluginCommands()) program.addCommand(command);

await runProgram(program, reportFailure);
