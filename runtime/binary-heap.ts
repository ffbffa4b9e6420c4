/** Hands out what was added in the order of `isBefore`. Adding and taking cost O(log n). */
export class BinaryHeap<T extends object> {
  readonly #isBefore: (a: T, b: T) => boolean;
  readonly #items: T[] = [];

  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore;
  }

  /** The first one, which stays. */
  get first(): T | undefined {
    return this.#items[0];
  }

  add(item: T): void {
    const items = this.#items;
    let hole = items.push(item) - 1;
    while (hole > 0) {
      const above = (hole - 1) >> 1;
      const parent = items[above];
      if (parent === undefined || this.#isBefore(parent, item)) break;
      items[hole] = parent;
      hole = above;
    }
    items[hole] = item;
  }

  /** Removes the first one. */
  take(): T | undefined {
    const items = this.#items;
    const [first] = items;
    const last = items.pop();
    if (last === undefined || items.length === 0) return first;
    let hole = 0;
    for (let child = this.#childOf(hole); child > 0; child = this.#childOf(hole)) {
      const item = items[child];
      if (item === undefined || this.#isBefore(last, item)) break;
      items[hole] = item;
      hole = child;
    }
    items[hole] = last;
    return first;
  }

  /** The child that comes first; 0 when there is none. */
  #childOf(parent: number): number {
    const left = this.#items[2 * parent + 1];
    const right = this.#items[2 * parent + 2];
    if (left === undefined) return 0;
    return right !== undefined && this.#isBefore(right, left) ? 2 * parent + 2 : 2 * parent + 1;
  }
}
