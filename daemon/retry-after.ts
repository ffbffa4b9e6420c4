/** Units of time that registries write, in milliseconds; seconds when there is none, as in the HTTP header. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  sec: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
};

const RETRY_AFTER =
  /\bretry[- ]after["']?:?\s*["']?(\d{1,9}(?:\.\d{1,9})?)\s*(ns|us|µs|ms|sec|min|s|m|h)?/i;

/**
 * How long a registry asks to be left alone, in milliseconds, from the text of an error. Runtimes do not hand on the header Retry-After, but
 * they do hand on the body, where some registries repeat it: `toomanyrequests: retry-after: 752.8µs, allowed: 44000/minute` (ghcr.io).
 */
export function retryAfterMs(message: string): number | undefined {
  const [, amount, unit = 's'] = RETRY_AFTER.exec(message) ?? [];
  if (amount === undefined) return undefined;
  return Number(amount) * (UNITS[unit.toLowerCase()] ?? 1_000);
}
