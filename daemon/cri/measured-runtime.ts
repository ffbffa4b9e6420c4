import type { Clock } from '../../runtime/clock.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import type { RuntimeClient } from './image-runtime.ts';

export interface MeasuredRuntimeDeps {
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** `runtime` with the time of each call of CRI measured, by method and whether it was answered well. */
export function measuredRuntime(
  runtime: RuntimeClient,
  { clock, metrics }: MeasuredRuntimeDeps,
): RuntimeClient {
  const seconds = metrics.histogram({
    name: 'headstart_cri_request_duration_seconds',
    help: 'Calls of the container runtime, by method; result is ok or failed.',
    labelNames: ['method', 'result'],
    // From a look at what is there to a pull.
    buckets: [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 60, 600],
  });
  const timed = async <T>(method: string, call: () => Promise<T>): Promise<T> => {
    const startMs = clock.monotonicMs();
    let result = 'failed';
    try {
      const answer = await call();
      result = 'ok';
      return answer;
    } finally {
      seconds.observe({ method, result }, (clock.monotonicMs() - startMs) / 1000);
    }
  };
  return {
    store: runtime.store,
    version: call => timed('Version', () => runtime.version(call)),
    imageStatus: (image, call) => timed('ImageStatus', () => runtime.imageStatus(image, call)),
    pullImage: (request, call) => timed('PullImage', () => runtime.pullImage(request, call)),
    close: () => runtime.close(),
  };
}
