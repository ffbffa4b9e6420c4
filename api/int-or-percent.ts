/** A parsed `IntOrString`: `10`, `"10"` or `"10%"`. Not bounded. */
export interface IntOrPercent {
  readonly kind: 'int' | 'percent';
  readonly value: number;
}

const TEXT = /^(-?\d{1,15})(%?)$/;

/** Reads a whole number, a numeric string or a percentage; undefined for everything else. */
export function parseIntOrPercent(value: unknown): IntOrPercent | undefined {
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? { kind: 'int', value } : undefined;
  }
  const match = typeof value === 'string' ? TEXT.exec(value) : null;
  if (match === null) return undefined;
  return { kind: match[2] === '%' ? 'percent' : 'int', value: Number(match[1]) };
}

/** The number that `value` stands for; a percentage is taken of `total` and rounded. Unreadable values count as 0. */
export function resolveIntOrPercent(
  value: unknown,
  total: number,
  rounding: 'up' | 'down',
): number {
  const parsed = parseIntOrPercent(value);
  if (parsed === undefined) return 0;
  if (parsed.kind === 'int') return parsed.value;
  const exact = (total * parsed.value) / 100;
  return rounding === 'up' ? Math.ceil(exact) : Math.floor(exact);
}
