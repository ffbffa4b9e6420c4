import type { Pod } from '../../api/core.ts';

const PHASES = ['Pending', 'Unknown', 'Running'];

const ordinalOf = (pod: Pod): number => Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? -1);

function readyOf(pod: Pod): { ready: boolean; since: string } {
  const condition = pod.status?.conditions?.find(({ type }) => type === 'Ready');
  return { ready: condition?.status === 'True', since: condition?.lastTransitionTime ?? '' };
}

const later = (a: string, b: string): number => (a === b ? 0 : a > b ? -1 : 1);

/** Pending before running, not ready before ready, ready for a short time before long, young before old. */
function byHealth(a: Pod, b: Pod): number {
  const phases = PHASES.indexOf(a.status?.phase ?? '') - PHASES.indexOf(b.status?.phase ?? '');
  if (phases !== 0) return phases;
  const [readyA, readyB] = [readyOf(a), readyOf(b)];
  if (readyA.ready !== readyB.ready) return readyA.ready ? 1 : -1;
  return (
    later(readyA.since, readyB.since) ||
    later(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '')
  );
}

const byName = (a: Pod, b: Pod): number => (a.metadata.name < b.metadata.name ? -1 : 1);

/**
 * Compares pods by when their workload updates them (W12): an Advanced StatefulSet goes down its ordinals, a CloneSet
 * starts with the pods that serve least. `kind` is that of the job's owner; without one pods go by health as well.
 */
export function podUpdateOrder(kind: string | undefined): (a: Pod, b: Pod) => number {
  if (kind === 'StatefulSet') return (a, b) => ordinalOf(b) - ordinalOf(a) || byName(a, b);
  return (a, b) => byHealth(a, b) || byName(a, b);
}
