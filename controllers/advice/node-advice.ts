import { availabilityOf } from '../image-pull-job/availability.ts';
import type { Informers } from '../informers.ts';

/** So many names fit into a line. */
const MAX_NAMES = 3;

/** Which of these nodes cannot pull now: a line for each reason. */
export function waitingNodes(names: readonly string[], informers: Informers): string[] {
  const byReason = new Map<string, string[]>();
  for (const name of names) {
    const availability = availabilityOf(informers.nodes.get(name));
    if (availability.available) continue;
    byReason.set(availability.why, [...(byReason.get(availability.why) ?? []), name]);
  }
  return [...byReason].map(
    ([why, waiting]) => `${waiting.length} of ${names.length} nodes wait, ${why}: ${some(waiting)}`,
  );
}

/** The first of `names`. */
export function some(names: readonly string[]): string {
  return `${names.slice(0, MAX_NAMES).join(', ')}${names.length > MAX_NAMES ? ', …' : ''}`;
}
