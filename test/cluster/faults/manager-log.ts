import { readFile } from 'node:fs/promises';

/** A line of the manager's log. */
export interface ManagerLogLine {
  readonly level: string;
  readonly msg: string;
  readonly text: string;
}

/** What a manager wrote. */
export interface ManagerLog {
  /** Warnings and errors. */
  readonly complaints: readonly ManagerLogLine[];
  /** Lines about something that RBAC forbids. */
  readonly forbidden: readonly string[];
  /** Lines that are no JSON: what a crash leaves, or a program that is not ours. */
  readonly foreign: readonly string[];
}

/** Reads a log of JSON lines. */
export async function readManagerLog(file: string): Promise<ManagerLog> {
  const texts = (await readFile(file, 'utf8')).split('\n').filter(text => text !== '');
  const lines = texts.map(parse);
  const known = lines.filter(line => line !== undefined);
  return {
    complaints: known.filter(({ level }) => level === 'warn' || level === 'error'),
    forbidden: texts.filter(text => /forbidden/i.test(text)),
    foreign: texts.filter((_, index) => lines[index] === undefined),
  };
}

/** How often each message was written, most frequent first, for the report of a failure. */
export function summaryOf(lines: readonly ManagerLogLine[]): string {
  const counts = new Map<string, number>();
  for (const { level, msg } of lines) {
    counts.set(`${level} ${msg}`, (counts.get(`${level} ${msg}`) ?? 0) + 1);
  }
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([message, count]) => `${count} × ${message}`)
    .join('; ');
}

function parse(text: string): ManagerLogLine | undefined {
  try {
    const { level, msg } = JSON.parse(text) as { level: string; msg: string };
    return { level, msg, text };
  } catch {
    return undefined;
  }
}
