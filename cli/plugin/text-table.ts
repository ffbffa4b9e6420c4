/** Columns as kubectl sets them: upper-case headers, three spaces between, nothing behind the last. */
export function textTable(
  headers: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const all = [headers, ...rows];
  const widths = headers.map((_, column) =>
    Math.max(...all.map(cells => (cells[column] ?? '').length)),
  );
  return all.map(cells =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('   ')
      .trimEnd(),
  );
}

/** `1 node`, `3 nodes`. */
export function counted(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
