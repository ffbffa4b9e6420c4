import type { Query } from './panels.ts';

/** The pods of Headstart that are chosen on top of the dashboard. */
export const OURS = 'namespace=~"$namespace"';

/** A query and the name of its series. */
export function q(expr: string, legend?: string): Query {
  return legend === undefined ? { expr } : { expr, legend };
}

/** Growth a second of a counter, with further `matchers`. */
export function rate(metric: string, matchers = ''): string {
  return `rate(${metric}{${OURS}${matchers}}[$__rate_interval])`;
}

/** What a share of `level` of the values of a histogram stays below, also by further labels. */
export function quantile(level: number, metric: string, by = ''): string {
  return `histogram_quantile(${level}, sum by (le${by}) (${rate(`${metric}_bucket`)}))`;
}
