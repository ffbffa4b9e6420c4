const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3], // micro sign
  ['μs', 1e-3], // Greek mu
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

const DURATION = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;
/** Go counts nanoseconds in 64 bits: 292 years. */
const MAX_MS = 2 ** 63 / 1e6;

/** Milliseconds of a duration as Go writes it (`12h`, `1h30m`, `0`); undefined when it is none. */
export function goDurationMs(text: string): number | undefined {
  if (/^[+-]?0$/.test(text)) return 0;
  // No duration that Go prints is longer.
  if (text.length > 100 || !DURATION.test(text)) return undefined;
  let ms = 0;
  for (const [, number = '', unit = ''] of text.matchAll(PART)) {
    ms += Number(number) * (UNIT_MS.get(unit) ?? 0);
  }
  if (ms > MAX_MS) return undefined;
  return text.startsWith('-') ? -ms : ms;
}
