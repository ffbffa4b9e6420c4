import type { KubeEvent } from '../../api/core.ts';
import { SYSTEM_NAMESPACE } from '../../api/names.ts';
import type { Resource } from '../../api/resource.ts';
import { EVENTS } from '../../api/resources.ts';
import type { Workload } from '../../api/workload.ts';
import type { ControllerDeps } from '../../controllers/deps.ts';
import { createInformers } from '../../controllers/informers.ts';
import type { Controller } from '../../kube/controller.ts';
import { createEventRecorder } from '../../kube/create-event-recorder.ts';
import { createInformer } from '../../kube/create-informer.ts';
import { type Metrics, noMetrics } from '../../runtime/metrics.ts';
import { settle } from './fake-clock.ts';
import { FakeKube } from './fake-kube.ts';
import { RecordingLogger } from './recording-logger.ts';

export interface ControllerWorldOptions {
  readonly workloads?: readonly Resource<Workload>[];
  /** Puts objects in before the controllers start. */
  readonly seed?: (kube: FakeKube) => void;
  /** Default: nothing is counted. */
  readonly metrics?: Metrics;
}

/** Controllers that run on a Kubernetes API in memory, with the clock in the test's hands. */
export interface ControllerWorld extends AsyncDisposable {
  readonly kube: FakeKube;
  readonly deps: ControllerDeps;
  readonly log: RecordingLogger;
  /** Lets everything happen that happens within `ms`. */
  readonly run: (ms?: number) => Promise<void>;
  /** Written Events, `Type Reason: message`. */
  readonly events: () => Promise<string[]>;
}

/** Starts the controllers that `setup` makes and waits for their caches. */
export async function startControllerWorld(
  setup: (deps: ControllerDeps) => readonly Controller[],
  options: ControllerWorldOptions = {},
): Promise<ControllerWorld> {
  const kube = new FakeKube({ collectsGarbage: true });
  options.seed?.(kube);
  const log = new RecordingLogger();
  const { metrics = noMetrics } = options;
  const base = { client: kube, clock: kube.clock, log, metrics, random: () => 0.5 };
  const informers = createInformers(
    { workloads: options.workloads ?? [], namespace: SYSTEM_NAMESPACE },
    { createInformer: declared => createInformer(declared, base) },
  );
  const events = createEventRecorder({ component: 'headstart-manager' }, base);
  const deps = { ...base, informers, events };
  const controllers = setup(deps);
  const abort = new AbortController();
  const running = Promise.all([informers, ...controllers].map(part => part.run(abort.signal)));
  await settle();
  await informers.synced();
  const run = async (ms = 0): Promise<void> => {
    await settle();
    await kube.clock.advance(ms);
    await settle();
  };
  await run();
  return {
    kube,
    deps,
    log,
    run,
    events: async () => {
      const flushed = events.flush();
      await run(20_000);
      await flushed;
      return kube
        .readAll<KubeEvent>(EVENTS)
        .map(({ type, reason, message }) => `${type} ${reason}: ${message}`);
    },
    [Symbol.asyncDispose]: async () => {
      abort.abort(new Error('the test ended'));
      await running.catch(() => {});
    },
  };
}
