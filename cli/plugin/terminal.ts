import { stripVTControlCharacters, styleText } from 'node:util';

/** Where a command writes: people or a pipe. */
export interface Terminal {
  /** Whether somebody sees it redrawn. */
  readonly isLive: boolean;
  print(lines: readonly string[]): void;
  /** Replaces what `redraw` showed last. */
  redraw(lines: readonly string[]): void;
  paint(color: Color, text: string): string;
}

export type Color = 'green' | 'red';

type Stream = Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns' | 'rows'>;

/** The terminal behind `stream`. Colors only for people who did not set NO_COLOR (no-color.org). */
export function createTerminal(stream: Stream, env: NodeJS.ProcessEnv): Terminal {
  const isLive = stream.isTTY && env['TERM'] !== 'dumb';
  const hasColor = isLive && !env['NO_COLOR'];
  let shown: readonly string[] = [];
  const columns = (): number => stream.columns || 80;
  const write = (lines: readonly string[]): void => {
    if (lines.length > 0) stream.write(`${lines.join('\n')}\n`);
  };
  return {
    isLive,
    print: write,
    redraw: lines => {
      // A line that wraps, or a screen that scrolls, could not be taken back.
      const fitting = lines.slice(0, Math.max(1, (stream.rows || 24) - 1));
      const next = fitting.map(line => cut(line, columns() - 1));
      // Writing the same again would flicker.
      if (next.join('\n') === shown.join('\n')) return;
      const rows = shown.reduce((sum, line) => sum + rowsOf(line, columns()), 0);
      if (rows > 0) stream.write(`\u001b[${rows}A\r\u001b[0J`);
      write(next);
      shown = next;
    },
    paint: (color, text) => (hasColor ? styleText(color, text, { validateStream: false }) : text),
  };
}

/** `line` within `width` characters; one that is too long loses its colors and its end. */
function cut(line: string, width: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length <= width ? line : `${plain.slice(0, Math.max(0, width - 1))}…`;
}

/** A terminal that became narrower has wrapped its lines. */
function rowsOf(line: string, width: number): number {
  return Math.max(1, Math.ceil(stripVTControlCharacters(line).length / width));
}
