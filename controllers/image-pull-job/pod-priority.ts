import type { Pod } from '../../api/core.ts';
import { matchesSelector } from '../../api/label-selector.ts';
import type { PriorityStrategy } from '../../api/workload.ts';

/**
 * Compares pods by OpenKruise's `priorityStrategy`: a larger sum of matching weights goes first; without weights, pods that lack every
 * ordered key, then those of the first key, the larger number at the end of its value first.
 */
export function byPriority({
  weightPriority = [],
  orderPriority = [],
}: PriorityStrategy): (a: Pod, b: Pod) => number {
  if (weightPriority.length > 0) {
    const weightOf = (pod: Pod): number =>
      weightPriority
        .filter(({ matchSelector = {} }) => matchesSelector(matchSelector, pod.metadata.labels))
        .reduce((sum, { weight = 0 }) => sum + weight, 0);
    return (a, b) => weightOf(b) - weightOf(a);
  }
  const keys = orderPriority.map(({ orderedKey = '' }) => orderedKey);
  const levelOf = (pod: Pod): number =>
    keys.findIndex(key => pod.metadata.labels?.[key] !== undefined);
  const numberOf = (pod: Pod, level: number): number =>
    endingNumber(pod.metadata.labels?.[keys[level] ?? '']);
  return (a, b) => {
    const [levelA, levelB] = [levelOf(a), levelOf(b)];
    return levelA - levelB || numberOf(b, levelB) - numberOf(a, levelA);
  };
}

function endingNumber(value = ''): number {
  return Number(/\d+$/.exec(value)?.[0] ?? 0);
}
