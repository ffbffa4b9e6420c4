import type { EventRecorder } from '../kube/event-recorder.ts';
import { aborted } from '../runtime/abort.ts';
import type { Runnable } from '../runtime/lifecycle.ts';

/** Events that still wait are written within this when a process stops. */
const FLUSH_MS = 2000;

/** Writes the last events of a process: it stops after the parts that make events. */
export function eventsPart(events: EventRecorder): Runnable {
  return {
    name: 'events',
    run: async signal => {
      try {
        await aborted(signal);
      } finally {
        await events.flush(AbortSignal.timeout(FLUSH_MS));
      }
    },
  };
}
