import type { Command } from 'commander';
import { completionCommand } from './completion-command.ts';
import { nodesCommand } from './nodes-command.ts';
import { planCommand } from './plan-command.ts';
import { pullCommand } from './pull-command.ts';
import { statusCommand } from './status-command.ts';
import { watchCommand } from './watch-command.ts';
import { whyCommand } from './why-command.ts';

/** The commands of the kubectl plugin. They load what they need when they run. */
export function pluginCommands(): readonly Command[] {
  return [
    statusCommand(),
    watchCommand(),
    pullCommand(),
    whyCommand(),
    nodesCommand(),
    planCommand(),
    completionCommand(),
  ];
}
