import type { Condition } from './meta.ts';

/** The condition of that type, if it was ever set. */
export function findCondition(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined {
  return conditions?.find(condition => condition.type === type);
}

/** True when the condition of that type has status `True`. */
export function isConditionTrue(
  conditions: readonly Pick<Condition, 'type' | 'status'>[] | undefined,
  type: string,
): boolean {
  return conditions?.find(condition => condition.type === type)?.status === 'True';
}

/**
 * `conditions` with `next` in place of the one of its type, in the old order, new ones last. `lastTransitionTime` is `now` (RFC 3339)
 * only when the status changes (metav1.Condition).
 */
export function setCondition(
  conditions: readonly Condition[] | undefined,
  next: Omit<Condition, 'lastTransitionTime'>,
  now: string,
): readonly Condition[] {
  const present = findCondition(conditions, next.type);
  const lastTransitionTime = present?.status === next.status ? present.lastTransitionTime : now;
  const set = { ...next, lastTransitionTime };
  if (conditions === undefined || present === undefined) return [...(conditions ?? []), set];
  return conditions.map(condition => (condition === present ? set : condition));
}
