import type { Pod } from '../../api/core.ts';
import { updateOrderOf } from '../../api/update-order.ts';
import type { Workload } from '../../api/workload.ts';
import { byPriority } from './pod-priority.ts';
import { scattered } from './pod-scatter.ts';

const PHASES = ['Pending', 'Unknown', 'Running'];

/** On pods that OpenKruise is about to update. */
const LABEL_LIFECYCLE_STATE = 'lifecycle.apps.kruise.io/state';

type Compare = (a: Pod, b: Pod) => number;

const ordinalOf = (pod: Pod): number => Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? -1);

function readyOf(pod: Pod): { ready: boolean; since: string } {
  const condition = pod.status?.conditions?.find(({ type }) => type === 'Ready');
  return { ready: condition?.status === 'True', since: condition?.lastTransitionTime ?? '' };
}

const later = (a: string, b: string): number => (a === b ? 0 : a > b ? -1 : 1);

/** Pending before running, not ready before ready, ready for a short time before long, young before old. */
const byHealth: Compare = (a, b) => {
  const phases = PHASES.indexOf(a.status?.phase ?? '') - PHASES.indexOf(b.status?.phase ?? '');
  if (phases !== 0) return phases;
  const [readyA, readyB] = [readyOf(a), readyOf(b)];
  if (readyA.ready !== readyB.ready) return readyA.ready ? 1 : -1;
  return (
    later(readyA.since, readyB.since) ||
    later(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '')
  );
};

const byOrdinal: Compare = (a, b) => ordinalOf(b) - ordinalOf(a);

const byName: Compare = (a, b) => (a.metadata.name < b.metadata.name ? -1 : 1);

const isBegun = (pod: Pod): boolean =>
  pod.metadata.labels?.[LABEL_LIFECYCLE_STATE] === 'PreparingUpdate';

const byBegun: Compare = (a, b) => Number(isBegun(b)) - Number(isBegun(a));

/**
 * `pods` in the order in which their workload updates them (W12). A StatefulSet goes down its ordinals, all others start with the pods
 * that serve least; then come the priorities and the scattering that OpenKruise's kinds know, and first of all what has begun.
 */
export function inUpdateOrder(
  pods: readonly Pod[],
  owner: { readonly kind?: string | undefined; readonly workload?: Workload | undefined },
): readonly Pod[] {
  const first = owner.kind === 'StatefulSet' ? byOrdinal : byHealth;
  const { priority, scatter } = updateOrderOf(owner.workload);
  const ranked = pods
    .toSorted((a, b) => first(a, b) || byName(a, b))
    .toSorted(byPriority(priority));
  return scattered(ranked, scatter).toSorted(byBegun);
}
