/** What one run showed. */
export interface RolloutMeasure {
  /** From the patch to the last pod ready on the new image. */
  readonly rolloutSeconds: number;
  /** Pods whose kubelet had to pull. */
  readonly podsThatPulled: number;
  /** How long a pod was not ready, for each pod. */
  readonly downSeconds: readonly number[];
}

/** Both runs side by side, as lines of a table. */
export function comparison(without: RolloutMeasure, withPredownload: RolloutMeasure): string[] {
  const rows: [string, (measure: RolloutMeasure) => string][] = [
    ['rollout, patch to last pod ready', m => seconds(m.rolloutSeconds)],
    ['pods that waited for a pull', m => String(m.podsThatPulled)],
    ['a pod was down, on average', m => seconds(average(m.downSeconds))],
    ['a pod was down, at most', m => seconds(Math.max(0, ...m.downSeconds))],
  ];
  const cells = rows.map(([name, read]) => [name, read(without), read(withPredownload)]);
  return align([['', 'without', 'with pre-download'], ...cells]);
}

function align(rows: readonly (readonly string[])[]): string[] {
  const widths =
    rows[0]?.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('   ');
  return rows.map(row => line(row).trimEnd());
}

function average(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}
