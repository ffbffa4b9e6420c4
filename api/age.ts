const [SECOND, MINUTE, HOUR, DAY, YEAR] = [1000, 60_000, 3_600_000, 86_400_000, 31_536_000_000];

/** The forms in which kubectl prints a time that has passed, by how much it is: the first whose limit is not reached. */
const FORMS: readonly { readonly below: number; readonly units: readonly [string, number][] }[] = [
  { below: 2 * MINUTE, units: [['s', SECOND]] },
  {
    below: 10 * MINUTE,
    units: [
      ['m', MINUTE],
      ['s', SECOND],
    ],
  },
  { below: 3 * HOUR, units: [['m', MINUTE]] },
  {
    below: 8 * HOUR,
    units: [
      ['h', HOUR],
      ['m', MINUTE],
    ],
  },
  { below: 2 * DAY, units: [['h', HOUR]] },
  {
    below: 8 * DAY,
    units: [
      ['d', DAY],
      ['h', HOUR],
    ],
  },
  { below: 2 * YEAR, units: [['d', DAY]] },
  {
    below: 8 * YEAR,
    units: [
      ['y', YEAR],
      ['d', DAY],
    ],
  },
  { below: Number.POSITIVE_INFINITY, units: [['y', YEAR]] },
];

/** A duration as kubectl writes ages: `45s`, `3m20s`, `5h`, `12d`. */
export function duration(ms: number): string {
  let rest = Math.max(0, ms);
  const units = FORMS.find(({ below }) => rest < below)?.units ?? [];
  return units
    .flatMap(([unit, size], index) => {
      const amount = Math.floor(rest / size);
      rest -= amount * size;
      return amount === 0 && index > 0 ? [] : [`${amount}${unit}`];
    })
    .join('');
}

/** How long `then` (RFC 3339) is ago; `<unknown>` when nobody knows, as kubectl says. */
export function age(then: string | undefined, now: number): string {
  const at = Date.parse(then ?? '');
  return Number.isNaN(at) ? '<unknown>' : duration(now - at);
}
