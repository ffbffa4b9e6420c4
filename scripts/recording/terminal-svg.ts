import type { Span } from './styled-lines.ts';

const FONT_SIZE = 13;
/** Monospaced fonts are about 0.6 em wide; each word has its place, so that others keep the columns, too. */
const COLUMN = 7.85;
const ROW = 19;
const PADDING = 16;

/** Text on its own ground, in the colors that the reader's system asks for. */
const STYLE = `
  rect { fill: #f6f8fa; stroke: #d0d7de }
  text { font: ${FONT_SIZE}px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #1f2328; white-space: pre }
  .prompt { font-weight: 600 } .green { fill: #1a7f37 } .red { fill: #cf222e }
  @media (prefers-color-scheme: dark) {
    rect { fill: #0d1117; stroke: #3d444d }
    text { fill: #e6edf3 } .green { fill: #3fb950 } .red { fill: #f85149 }
  }
`;

/** A terminal in which `command` was typed, as an SVG image. */
export function terminalSvg(command: string, lines: readonly (readonly Span[])[]): string {
  const typed = `$ ${command}`;
  const widths = lines.map(spans => spans.reduce((sum, { text }) => sum + text.length, 0));
  const width = Math.ceil(Math.max(typed.length, ...widths) * COLUMN) + 2 * PADDING;
  const height = (lines.length + 1) * ROW + 2 * PADDING;
  const rows = [`<tspan class="prompt">${escaped(typed)}</tspan>`, ...lines.map(rowOf)];
  const texts = rows.map(
    (row, index) =>
      `  <text x="${PADDING}" y="${PADDING + FONT_SIZE + index * ROW}">${row}</text>\n`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
  <!-- Made by npm run recording. -->
  <title>${escaped(typed)}</title>
  <style>${STYLE}  </style>
  <rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
${texts.join('')}</svg>
`;
}

/** What stands in an image of terminalSvg, line by line; gaps between columns are two spaces. */
export function textOfTerminalSvg(svg: string): readonly string[] {
  return [...svg.matchAll(/<text [^>]*>(.*?)<\/text>/g)].map(([, row = '']) =>
    row
      .replaceAll('</tspan><tspan', '</tspan>  <tspan')
      .replaceAll(/<[^>]*>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&'),
  );
}

function rowOf(spans: readonly Span[]): string {
  let column = 0;
  const words: string[] = [];
  for (const { text, color } of spans) {
    for (const { 0: word, index } of text.matchAll(/\S+(?: \S+)*/g)) {
      const x = (PADDING + (column + index) * COLUMN).toFixed(1);
      const style = color === undefined ? '' : ` class="${color}"`;
      words.push(`<tspan x="${x}"${style}>${escaped(word)}</tspan>`);
    }
    column += text.length;
  }
  return words.join('');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
