const SECOND = 1;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** Below which age which units are shown; the second one is left out when it is 0. */
interface Range {
  readonly below: number;
  readonly unit: number;
  readonly name: string;
  readonly rest?: { readonly unit: number; readonly name: string };
}

const RANGES: readonly Range[] = [
  { below: 2 * MINUTE, unit: SECOND, name: 's' },
  { below: 10 * MINUTE, unit: MINUTE, name: 'm', rest: { unit: SECOND, name: 's' } },
  { below: 3 * HOUR, unit: MINUTE, name: 'm' },
  { below: 8 * HOUR, unit: HOUR, name: 'h', rest: { unit: MINUTE, name: 'm' } },
  { below: 2 * DAY, unit: HOUR, name: 'h' },
  { below: 8 * DAY, unit: DAY, name: 'd', rest: { unit: HOUR, name: 'h' } },
  { below: 2 * YEAR, unit: DAY, name: 'd' },
  { below: 8 * YEAR, unit: YEAR, name: 'y', rest: { unit: DAY, name: 'd' } },
  { below: Number.POSITIVE_INFINITY, unit: YEAR, name: 'y' },
];

/** An age as kubectl shows it, with at most three digits of precision: `5s`, `3m20s`, `4h`, `12d` (apimachinery HumanDuration). */
export function humanDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  const range = RANGES.find(({ below }) => seconds < below);
  if (range === undefined) return '<invalid>';
  const { unit, name, rest } = range;
  const whole = Math.floor(seconds / unit);
  const remainder = rest === undefined ? 0 : Math.floor((seconds % unit) / rest.unit);
  return remainder === 0 ? `${whole}${name}` : `${whole}${name}${remainder}${rest?.name}`;
}

/** How long ago an RFC 3339 time was; `<unknown>` when it is none. */
export function ageOf(time: unknown, nowMs: number): string {
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Number.isNaN(at) ? '<unknown>' : humanDuration(nowMs - at);
}
