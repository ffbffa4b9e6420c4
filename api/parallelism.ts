import { DEFAULT_PARALLELISM } from './defaults.ts';
import { parseIntOrPercent } from './int-or-percent.ts';
import type { IntOrString } from './meta.ts';

/**
 * How many nodes may pull at once. A percentage of `targets` is rounded up and is at least 1, except `0%`, which pauses like `0`.
 * A value that nobody can read pauses too: a limit is never exceeded by guessing.
 */
export function parallelLimit(value: IntOrString | undefined, targets: number): number {
  const parsed = parseIntOrPercent(value ?? DEFAULT_PARALLELISM);
  if (parsed === undefined || parsed.value <= 0) return 0;
  if (parsed.kind === 'int') return parsed.value;
  return Math.max(1, Math.ceil((targets * parsed.value) / 100));
}
