import type { Node } from '../../api/core.ts';
import { isBeingDeleted } from '../../api/meta.ts';

/** Whether a node can pull now; if not, since when (milliseconds since the epoch) and why. */
export type Availability =
  | { readonly available: true }
  | { readonly available: false; readonly sinceMs: number; readonly why: string };

const since = (time: string | undefined): number => (time === undefined ? 0 : Date.parse(time));

/** A node pulls when it is Ready and not short of disk. Cordoned and tainted nodes are served: their daemons run. */
export function availabilityOf(node: Node | undefined): Availability {
  if (node === undefined || isBeingDeleted(node)) {
    return { available: false, sinceMs: 0, why: 'the node is gone' };
  }
  const conditions = node.status?.conditions ?? [];
  const ready = conditions.find(({ type }) => type === 'Ready');
  if (ready?.status !== 'True') {
    return { available: false, sinceMs: since(ready?.lastTransitionTime), why: 'not Ready' };
  }
  const pressure = conditions.find(({ type }) => type === 'DiskPressure');
  if (pressure?.status === 'True') {
    return { available: false, sinceMs: since(pressure.lastTransitionTime), why: 'short of disk' };
  }
  return { available: true };
}
