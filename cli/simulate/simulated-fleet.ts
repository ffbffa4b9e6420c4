import { createDaemon } from '../../daemon/daemon.ts';
import { createEventRecorder } from '../../kube/create-event-recorder.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Runnable } from '../../runtime/lifecycle.ts';
import { silentLogger as log } from '../../runtime/log.ts';
import { noMetrics as metrics } from '../../runtime/metrics.ts';
import { type CallRefusal, DirectRuntime } from '../../sim/direct-runtime.ts';
import { registerNode } from '../../sim/fleet/register-node.ts';
import type { Link } from '../../sim/max-min-fair.ts';
import type { NetworkModel } from '../../sim/network-model.ts';
import { SimulatedRuntime } from '../../sim/simulated-runtime.ts';
import type { Recorder } from './recorder.ts';
import type { Scenario } from './scenario.ts';
import type { SimulatedImages } from './simulated-images.ts';

export interface FleetDeps {
  /** Registers the nodes. */
  readonly admin: KubeClient;
  /** Of the daemons. */
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: () => number;
  readonly network: NetworkModel;
  readonly images: SimulatedImages;
  readonly recorder: Recorder;
}

/** What registries and proxies in front of them say under load. */
const REFUSAL: CallRefusal = {
  code: 2,
  details: 'failed to pull and unpack image: unexpected status: 503 Service Unavailable',
};

/** Registers the nodes of a scenario and puts the real daemon of each on a simulated runtime. They work when they are run. */
export async function createFleet(
  scenario: Scenario,
  deps: FleetDeps,
): Promise<readonly Runnable[]> {
  const zones = zonesOf(scenario);
  const slow = slowNodes(scenario, deps.random);
  const daemons: Runnable[] = [];
  for (let i = 0; i < scenario.nodes; i++) {
    const zone = zones[i % zones.length];
    const name = `node-${i + 1}`;
    const labels = { 'topology.kubernetes.io/zone': zone?.name ?? '' };
    await registerNode(name, { client: deps.admin, clock: deps.clock, labels });
    const bytesPerSecond = scenario.nodeBandwidth / (slow.has(i) ? scenario.slow.factor : 1);
    const zoneLink = zone?.link === undefined ? {} : { zoneLink: zone.link };
    const links = { downlink: { name, bytesPerSecond }, ...zoneLink };
    daemons.push(createNodeDaemon(name, { scenario, links }, deps));
  }
  return daemons;
}

interface Zone {
  readonly name: string;
  readonly link: Link | undefined;
}

function zonesOf({ zones, zoneBandwidth }: Scenario): readonly Zone[] {
  return Array.from({ length: zones }, (_, i) => {
    const name = `zone-${i + 1}`;
    const link = zoneBandwidth === undefined ? undefined : { name, bytesPerSecond: zoneBandwidth };
    return { name, link };
  });
}

/** Chosen at random, exactly as many as the share says. */
function slowNodes({ nodes, slow }: Scenario, random: () => number): ReadonlySet<number> {
  const left = Array.from({ length: nodes }, (_, i) => i);
  const chosen = new Set<number>();
  while (chosen.size < Math.round(nodes * slow.share)) {
    const [node] = left.splice(Math.floor(random() * left.length), 1);
    if (node !== undefined) chosen.add(node);
  }
  return chosen;
}

interface NodeMake {
  readonly scenario: Scenario;
  readonly links: { readonly downlink: Link; readonly zoneLink?: Link };
}

function createNodeDaemon(
  nodeName: string,
  { scenario, links }: NodeMake,
  { client, clock, random, network, images, recorder }: FleetDeps,
): Runnable {
  const simulated = new SimulatedRuntime({ network, registry: images.registry, ...links });
  images.putOld(simulated);
  const runtime = new DirectRuntime(simulated, {
    refusalOf: () => (random() < scenario.failureShare ? REFUSAL : undefined),
    follow: pull => recorder.pull(pull),
  });
  const deps = { client, clock, random, log, metrics };
  const events = createEventRecorder({ component: 'headstart-daemon', host: nodeName }, deps);
  const daemon = createDaemon({ nodeName, runDir: '' }, { ...deps, events, runtime });
  return { name: nodeName, run: signal => daemon.run(signal) };
}
