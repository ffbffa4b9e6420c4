import type { Advice, WorkloadChange } from '../../api/advice.ts';
import type { PodNodes } from '../../api/pod-nodes.ts';
import type { HandlerDeps } from '../../webhook/admission.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { RecordingLogger } from '../support/recording-logger.ts';

/** Advice that answers with fixed lines and remembers what it was asked. */
export class FakeAdvice implements Advice {
  readonly jobs: unknown[] = [];
  readonly changes: WorkloadChange[] = [];
  lines: string[] = [];
  failure: Error | undefined;

  imagePullJob(job: unknown): string[] {
    this.jobs.push(job);
    return this.#answer();
  }

  workload(change: WorkloadChange): string[] {
    this.changes.push(change);
    return this.#answer();
  }

  #answer(): string[] {
    if (this.failure !== undefined) throw this.failure;
    return this.lines;
  }
}

/** Pods by `namespace/name/uid`. */
export class FakePodNodes implements PodNodes {
  readonly nodes = new Map<string, string>();

  nodeOf({ namespace, name, uid }: Parameters<PodNodes['nodeOf']>[0]): string | undefined {
    return this.nodes.get(`${namespace}/${name}/${uid}`);
  }
}

/** Deps of handlers, all fake. */
export function fakeDeps(): HandlerDeps & {
  advice: FakeAdvice;
  podNodes: FakePodNodes;
  clock: FakeClock;
  log: RecordingLogger;
} {
  return {
    advice: new FakeAdvice(),
    podNodes: new FakePodNodes(),
    clock: new FakeClock(),
    log: new RecordingLogger(),
  };
}
