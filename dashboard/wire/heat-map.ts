/** Squares of equal size in rows, as many as fit. Lengths are CSS pixels. */
export interface HeatMapLayout {
  readonly columns: number;
  readonly rows: number;
  /** Side of a square with the gap beside it. */
  readonly pitch: number;
  readonly gap: number;
  readonly height: number;
}

const [SMALLEST, LARGEST] = [6, 44];
/** Squares of a few nodes may fill this much; those of many grow further down. */
const PREFERRED_HEIGHT = 320;

/** Lays `count` squares out in `width`: as large as the preferred height allows. */
export function layoutHeatMap(count: number, width: number): HeatMapLayout {
  const ideal = Math.sqrt((width * PREFERRED_HEIGHT) / Math.max(1, count));
  const pitch = Math.floor(Math.min(LARGEST, Math.max(SMALLEST, ideal)));
  const columns = Math.max(1, Math.floor(width / pitch));
  const rows = Math.ceil(count / columns);
  const gap = pitch >= 16 ? 3 : pitch >= 9 ? 2 : 1;
  return { columns, rows, pitch, gap, height: rows * pitch };
}

/** Index of the square at a point; undefined where there is none. */
export function squareAt(
  { columns, pitch }: HeatMapLayout,
  count: number,
  point: { readonly x: number; readonly y: number },
): number | undefined {
  const column = Math.floor(point.x / pitch);
  const index = Math.floor(point.y / pitch) * columns + column;
  return column >= 0 && column < columns && index >= 0 && index < count ? index : undefined;
}
