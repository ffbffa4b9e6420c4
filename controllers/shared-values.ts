/** More would be values that hardly repeat. */
const MAX_VALUES = 20_000;

/**
 * Gives equal values one place in memory: of ten thousand pods most have the labels, owners and images of many others. For plain
 * JSON that nobody changes, as caches hold it.
 */
export class SharedValues {
  readonly #values = new Map<string, unknown>();

  /** `value`, or the equal one that was met before. */
  of<T>(value: T): T {
    const key = JSON.stringify(value);
    const known = this.#values.get(key);
    // Equal text of plain JSON means equal values.
    if (known !== undefined) return known as T;
    // What was given out stays shared; only later values have to be met again.
    if (this.#values.size >= MAX_VALUES) this.#values.clear();
    this.#values.set(key, value);
    return value;
  }
}
