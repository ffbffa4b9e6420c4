import { rounded } from './result.ts';

/** The middle value; of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low = Number.NaN, high = Number.NaN] = [
    sorted[Math.ceil(middle) - 1],
    sorted[Math.floor(middle)],
  ];
  return (low + high) / 2;
}

/** A Markdown table with median, min and max of every number that the runs share, those of phases under `phase.measure`. */
export function renderTable(runs: readonly object[]): string {
  const columns = runs.map(run => new Map<string, unknown>(flattened(run)));
  const measures = [...(columns[0]?.keys() ?? [])].flatMap(measure => {
    const values = columns.map(column => column.get(measure)).filter(isNumber);
    return values.length === 0 ? [] : [{ measure, values }];
  });
  const rows = measures.map(({ measure, values }) => [
    measure,
    ...[median(values), Math.min(...values), Math.max(...values)].map(value =>
      String(rounded(value)),
    ),
  ]);
  const header = ['measure', 'median', 'min', 'max'];
  const widths = header.map((_, column) =>
    Math.max(...[header, ...rows].map(row => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(header), line(rule), ...rows.map(line)].join('\n');
}

/** One level deep: what lies deeper is detail. */
function flattened(run: object): readonly (readonly [string, unknown])[] {
  return Object.entries(run).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).map(([inner, number]) => [`${key}.${inner}`, number] as const)
      : [[key, value] as const],
  );
}

const isNumber = (value: unknown): value is number => typeof value === 'number';

/** Names to the left, numbers to the right. */
function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}
