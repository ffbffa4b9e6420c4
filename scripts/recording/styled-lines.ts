/** A piece of a line in one style. */
export interface Span {
  readonly text: string;
  /** Of the terminal's palette; undefined: that of text. */
  readonly color?: 'red' | 'green';
}

const ESCAPE = String.fromCharCode(27);
/** Select Graphic Rendition (ECMA-48 8.3.117). */
const RENDITION = new RegExp(`${ESCAPE}\\[([\\d;]*)m`);
const COLORS: Readonly<Record<string, Span['color']>> = { 31: 'red', 32: 'green' };

/** Lines of a terminal's output, in pieces of one color each. Throws for a sequence that is no color: it would be lost. */
export function styledLines(output: string): readonly (readonly Span[])[] {
  let color: Span['color'];
  const lines: (readonly Span[])[] = [];
  for (const line of output.replaceAll('\r', '').trimEnd().split('\n')) {
    const [first = '', ...rest] = line.split(RENDITION);
    const spans: Span[] = [spanOf(first, color)];
    // What split() captures stands between the pieces.
    for (let at = 0; at < rest.length; at += 2) {
      color = COLORS[rest[at] ?? ''];
      spans.push(spanOf(rest[at + 1] ?? '', color));
    }
    lines.push(spans.filter(({ text }) => text !== ''));
  }
  return lines;
}

function spanOf(text: string, color: Span['color']): Span {
  if (text.includes(ESCAPE)) throw new Error(`no color: ${JSON.stringify(text)}`);
  return { text, ...(color === undefined ? {} : { color }) };
}
