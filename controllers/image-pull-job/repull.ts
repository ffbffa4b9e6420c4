import { hashOf } from '../../api/short-name.ts';

const DAY_MS = 24 * 60 * 60_000;
const SPREAD_MS = 10 * 60_000;

/** How long after its last pull a Never job pulls again on a node: a day, give or take ten minutes that follow from both names. */
export function repullAfterMs(uid: string, nodeName: string): number {
  const share = (Number.parseInt(hashOf(uid, nodeName).slice(0, 8), 16) / 2 ** 32) * 2 - 1;
  return DAY_MS + Math.round(share * SPREAD_MS);
}
