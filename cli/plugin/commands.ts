import type { Command } from 'commander';
import { pullCommand } from './pull-command.ts';
import { statusCommand } from './status-command.ts';
import { watchCommand } from './watch-command.ts';

/** The commands of the kubectl plugin. They load what they need when they run. */
export function pluginCommands(): readonly Command[] {
  return [statusCommand(), watchCommand(), pullCommand()];
}
