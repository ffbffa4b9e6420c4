import type { Pod } from '../../api/core.ts';
import type { ScatterTerm } from '../../api/workload.ts';

/**
 * Spreads the pods that match a term of OpenKruise's `scatterStrategy` evenly over all, the first and the last place included; of 10
 * pods, 3 that match come 1st, 6th and 10th. The term that matches most pods goes first.
 */
export function scattered(pods: readonly Pod[], terms: readonly ScatterTerm[]): readonly Pod[] {
  const matching = (term: ScatterTerm): number => pods.filter(pod => matches(pod, term)).length;
  return terms
    .toSorted((a, b) => matching(b) - matching(a))
    .reduce((order, term) => spread(order, term), pods);
}

function matches(pod: Pod, { key = '', value = '' }: ScatterTerm): boolean {
  return pod.metadata.labels?.[key] === value;
}

function spread(pods: readonly Pod[], term: ScatterTerm): readonly Pod[] {
  const chosen = pods.filter(pod => matches(pod, term));
  const others = pods.filter(pod => !matches(pod, term));
  if (chosen.length < 2 || others.length < 2) return pods;
  const step = (pods.length - 1) / (chosen.length - 1);
  const places = new Set(chosen.map((_, index) => Math.round(index * step)));
  const [next, other] = [chosen.values(), others.values()];
  return pods.flatMap((_, place) => (places.has(place) ? next : other).next().value ?? []);
}
