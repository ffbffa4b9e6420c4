import { isJsonObject, memberAt } from './json.ts';
import type { PriorityStrategy, ScatterTerm, Workload } from './workload.ts';

/** What a workload says about the order of its updates, beyond the custom of its kind. */
export interface UpdateOrder {
  readonly priority: PriorityStrategy;
  readonly scatter: readonly ScatterTerm[];
}

/** Where a kind or version keeps the settings of its rollout. */
const PLACES = [
  ['spec', 'updateStrategy', 'rollingUpdate', 'unorderedUpdate'],
  ['spec', 'updateStrategy', 'rollingUpdate'],
  ['spec', 'updateStrategy'],
] as const;

/** The order of `workload`, wherever its kind and version keep it; nothing special for one that is not known. */
export function updateOrderOf(workload: Workload | undefined): UpdateOrder {
  const found = (name: string): unknown =>
    PLACES.map(place => memberAt(workload, ...place, name)).find(value => value !== undefined);
  const priority = found('priorityStrategy');
  const scatter = found('scatterStrategy');
  return {
    // The schemas of the kinds hold the types.
    priority: isJsonObject(priority) ? (priority as PriorityStrategy) : {},
    scatter: Array.isArray(scatter) ? (scatter as readonly ScatterTerm[]) : [],
  };
}
