import type { TableDelta } from '../wire/feed.ts';

/** Rows that are computed when something about them changed, and remembered to tell whether they did. */
export class LiveTable<Row> {
  readonly #rowOf: (key: string) => Row | undefined;
  /** As JSON, which is how they are compared and sent. */
  readonly #rows = new Map<string, { readonly row: Row; readonly text: string }>();
  readonly #marked = new Set<string>();

  constructor(rowOf: (key: string) => Row | undefined) {
    this.#rowOf = rowOf;
  }

  /** Notes that the row may have changed. */
  mark(key: string): void {
    this.#marked.add(key);
  }

  /** Notes that any row may have changed. */
  markAll(): void {
    for (const key of this.#rows.keys()) this.#marked.add(key);
  }

  /** Forgets everything. */
  clear(): void {
    this.#rows.clear();
    this.#marked.clear();
  }

  /** All rows, as they were at the last flush. */
  rows(): Readonly<Record<string, Row>> {
    return Object.fromEntries([...this.#rows].map(([key, { row }]) => [key, row]));
  }

  /** Computes the marked rows; undefined when none of them changed. */
  flush(): TableDelta<Row> | undefined {
    const set: Record<string, Row> = {};
    const gone: string[] = [];
    for (const key of this.#marked) {
      const row = this.#rowOf(key);
      if (row === undefined) {
        if (this.#rows.delete(key)) gone.push(key);
      } else if (this.#keep(key, row)) set[key] = row;
    }
    this.#marked.clear();
    return Object.keys(set).length + gone.length === 0 ? undefined : { set, gone };
  }

  #keep(key: string, row: Row): boolean {
    const text = JSON.stringify(row);
    if (this.#rows.get(key)?.text === text) return false;
    this.#rows.set(key, { row, text });
    return true;
  }
}
