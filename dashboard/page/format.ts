import { duration } from '../../api/age.ts';

/** `1 node`, `5,000 nodes`. */
export function counted(amount: number, what: string): string {
  return `${amount.toLocaleString('en')} ${what}${amount === 1 ? '' : 's'}`;
}

/** How long `then` (RFC 3339) is ago. */
export function ago(then: string | undefined, now: number): string {
  const at = Date.parse(then ?? '');
  return Number.isNaN(at) ? '' : `${duration(now - at)} ago`;
}

/** `1.2 GB`; sizes are decimal, as registries count. */
export function bytes(amount: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, amount)) / 3));
  const value = amount / 1000 ** step;
  return `${value.toFixed(value < 10 && step > 0 ? 1 : 0)} ${units[step]}`;
}

/** The time of day at which something happened, by the clock of the browser. */
export function timeOfDay(at: string): string {
  return new Date(at).toLocaleTimeString('en-GB');
}
