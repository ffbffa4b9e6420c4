import { isConditionTrue } from '../../api/conditions.ts';
import type { Pod } from '../../api/core.ts';
import { keyOf } from '../../api/meta.ts';
import type { Change } from '../../kube/informer.ts';
import type { Clock } from '../../runtime/clock.ts';

/** Measures how long pods were not ready, from what a watch shows. */
export class DownTimes {
  readonly #clock: Clock;
  readonly #downSince = new Map<string, number>();
  /** Seconds, one for each time that a pod was down. */
  readonly seconds: number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  see({ type, object }: Change<Pod>): void {
    const key = keyOf(object);
    const now = this.#clock.monotonicMs();
    const since = this.#downSince.get(key);
    if (type !== 'deleted' && !isReady(object)) this.#downSince.set(key, since ?? now);
    else if (since !== undefined) {
      this.#downSince.delete(key);
      this.seconds.push((now - since) / 1000);
    }
  }
}

/** True when the pod says it is Ready. */
export function isReady(pod: Pod): boolean {
  return isConditionTrue(pod.status?.conditions, 'Ready');
}
