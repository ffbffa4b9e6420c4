/** A command as a console shows it, and what it printed. */
export interface ShownCommand {
  readonly command: string;
  readonly output: readonly string[];
}

/** The commands of a console block: lines after `$ `, which go on after a backslash or an open quote. */
export function consoleSession(text: string): readonly ShownCommand[] {
  const session: { command: string; output: string[] }[] = [];
  for (const line of text.trimEnd().split('\n')) {
    const last = session.at(-1);
    if (line.startsWith('$ ')) session.push({ command: line.slice(2), output: [] });
    else if (last === undefined) throw new Error(`a console block starts with "$ ": ${line}`);
    else if (last.output.length === 0 && isOpen(last.command)) last.command += `\n${line}`;
    else last.output.push(line);
  }
  return session;
}

function isOpen(command: string): boolean {
  return command.endsWith('\\') || (command.split("'").length - 1) % 2 === 1;
}
