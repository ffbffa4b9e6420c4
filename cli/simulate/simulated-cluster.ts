import type { KubeClient } from '../../kube/kube-client.ts';
import { customResourceDefinitions, OWN_CRDS } from '../../manifests/crds.ts';
import type { Runnable } from '../../runtime/lifecycle.ts';
import { silentLogger as log } from '../../runtime/log.ts';
import { SimulatedClock } from '../../runtime/simulated-clock.ts';
import { createWebhookClient } from '../../sim/api-server/admission/webhook-client.ts';
import type { Backend } from '../../sim/api-server/backend.ts';
import { createBackend } from '../../sim/api-server/create-backend.ts';
import { createDirectClient } from '../../sim/api-server/direct-client.ts';
import { NetworkModel } from '../../sim/network-model.ts';
import { seededRandom } from '../../sim/seeded-random.ts';
import { Recorder, type Writer } from './recorder.ts';
import type { Scenario } from './scenario.ts';
import { createFleet } from './simulated-fleet.ts';
import { simulatedImages } from './simulated-images.ts';
import { createSimulatedManager } from './simulated-manager.ts';

/** A cluster on a clock that does not wait: the real controllers and daemons over models of the rest. */
export interface SimulatedCluster {
  readonly clock: SimulatedClock;
  readonly backend: Backend;
  /** Of a person: takes no time and is not counted. */
  readonly admin: KubeClient;
  readonly recorder: Recorder;
  /** The manager and the daemons. */
  readonly parts: readonly Runnable[];
}

/** When simulated time begins. */
const START_MS = Date.UTC(2026, 0, 1);
/** How long a request to the Kubernetes API takes, with its news on the way to those who watch. */
const REQUEST_MS = 5;

/** Makes the cluster of a scenario with its nodes registered. It works when its parts are run and its clock is. */
export async function createSimulatedCluster(scenario: Scenario): Promise<SimulatedCluster> {
  const clock = new SimulatedClock(START_MS);
  const random = seededRandom(scenario.seed);
  const network = new NetworkModel({ clock });
  const recorder = new Recorder({ clock, sentBytes: () => network.sentBytes });
  const backend = await startBackend(clock, random);
  const admin = createDirectClient({ fieldManager: 'headstart-simulate' }, { backend });
  const clientOf = (writer: Writer): KubeClient => {
    const before = ({ method }: { readonly method: string }): Promise<void> => {
      if (method !== 'GET') recorder.wrote(writer);
      return clock.sleep(REQUEST_MS);
    };
    return createDirectClient({ fieldManager: `headstart-${writer}` }, { backend, before });
  };
  const deps = { clock, random };
  const manager = createSimulatedManager(scenario, { ...deps, client: clientOf('manager') });
  const images = simulatedImages(scenario);
  const fleetDeps = { ...deps, admin, client: clientOf('daemons'), network, images, recorder };
  const daemons = await createFleet(scenario, fleetDeps);
  return { clock, backend, admin, recorder, parts: [manager, ...daemons] };
}

function startBackend(clock: SimulatedClock, random: () => number): Promise<Backend> {
  let uids = 0;
  const uuid = (): string => `00000000-0000-4000-8000-${String(++uids).padStart(12, '0')}`;
  // No webhook is configured, so none is called.
  const webhooks = createWebhookClient({ resolve: () => undefined, clock });
  const objects = customResourceDefinitions(OWN_CRDS);
  return createBackend({ objects, isTrusting: true }, { clock, log, random, uuid, webhooks });
}
