/** The value that stands for all that have none of their own. */
const OTHERS = 'other';

/** Gives the first `limit` different values a label of their own and calls the rest `other`: names from users must not make metrics grow without end. */
export function boundedLabel(limit: number): (value: string) => string {
  const known = new Set<string>();
  return value => {
    if (known.size < limit) known.add(value);
    return known.has(value) ? value : OTHERS;
  };
}
