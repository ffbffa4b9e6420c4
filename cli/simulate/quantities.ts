import type { SlowNodes } from './scenario.ts';

const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
};
const NUMBER = String.raw`(\d+(?:\.\d+)?)`;
const SCALE = '([kmgt]?i?)';
const BYTES = new RegExp(`^${NUMBER} ?${SCALE}b?$`, 'i');
const BITS_PER_SECOND = new RegExp(`^${NUMBER} ?${SCALE}(?:bits?(?:/s)?|bps)$`, 'i');
const BYTES_PER_SECOND = new RegExp(`^${NUMBER} ?${SCALE}b/s$`, 'i');
const PERCENT = new RegExp(`^${NUMBER}%$`);
const SLOW = new RegExp(`^${NUMBER}%:${NUMBER}x$`);

/** Bytes of `1200MB`, `1.2Gi` or a plain number; undefined when it is no size. */
export function parseBytes(text: string): number | undefined {
  return scaled(BYTES, text);
}

/** Bytes per second of `20Gbit`, `20Gbit/s`, `20Gbps` or `2.5GB/s`; undefined when it is no bandwidth. */
export function parseBandwidth(text: string): number | undefined {
  const bits = scaled(BITS_PER_SECOND, text);
  return bits === undefined ? scaled(BYTES_PER_SECOND, text) : bits / 8;
}

/** The share, from 0 to 1, of `60%`; undefined when it is none. */
export function parseShare(text: string): number | undefined {
  const percent = Number(PERCENT.exec(text)?.[1] ?? Number.NaN);
  return percent <= 100 ? percent / 100 : undefined;
}

/** `5%:10x`: of 5 % of the nodes a tenth of the bandwidth; undefined when it is something else. */
export function parseSlowNodes(text: string): SlowNodes | undefined {
  const [, percent = 'none', times] = SLOW.exec(text) ?? [];
  const [share, factor] = [parseShare(`${percent}%`), Number(times)];
  return share !== undefined && factor >= 1 ? { share, factor } : undefined;
}

function scaled(form: RegExp, text: string): number | undefined {
  const [, number, scale = ''] = form.exec(text.trim()) ?? [];
  if (number === undefined) return undefined;
  const factor = FACTORS[scale.toLowerCase()];
  return factor === undefined ? undefined : Number(number) * factor;
}
