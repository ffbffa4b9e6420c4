/**
 * The shortest list that still fails, as far as it is found before `isLate`: leaves out halves, quarters, … and single elements,
 * and takes what still fails (delta debugging). Far fewer tries than shrinking element by element.
 */
export async function shorten<T>(
  failing: readonly T[],
  fails: (candidate: readonly T[]) => Promise<boolean>,
  isLate: () => boolean,
): Promise<readonly T[]> {
  let shortest = failing;
  let size = Math.ceil(shortest.length / 2);
  while (size >= 1 && !isLate()) {
    let removed = false;
    for (let start = 0; start < shortest.length && !isLate(); ) {
      const candidate = [...shortest.slice(0, start), ...shortest.slice(start + size)];
      if (await fails(candidate)) {
        shortest = candidate;
        removed = true;
      } else start += size;
    }
    if (size === 1 && !removed) break;
    size = size === 1 ? 1 : Math.ceil(size / 2);
  }
  return shortest;
}
