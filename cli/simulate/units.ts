const STEPS = ['', 'k', 'M', 'G', 'T', 'P'] as const;

/** `1.2 GB` for 1.2e9 and `B`; units are decimal. */
export function withUnit(value: number, unit: string): string {
  let step = 0;
  let rest = value;
  while (rest >= 999.5 && step < STEPS.length - 1) {
    rest /= 1000;
    step++;
  }
  const digits = rest >= 100 || Number.isInteger(rest) ? 0 : rest >= 10 ? 1 : 2;
  return `${rest.toFixed(digits)} ${STEPS[step]}${unit}`;
}

/** `1h 02m`, `3m 12s` or `8.4s`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  const [minutes, hours] = [Math.floor(whole / 60), Math.floor(whole / 3600)];
  if (hours > 0) return `${hours}h ${String(minutes % 60).padStart(2, '0')}m`;
  return `${minutes}m ${String(whole % 60).padStart(2, '0')}s`;
}
