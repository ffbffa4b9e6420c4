import type { Scenario } from '../../../cli/simulate/scenario.ts';
import { type Simulation, simulate } from '../../../cli/simulate/simulate.ts';

/** Twelve nodes that load 100 MB at 1 Gbit/s each, so a pull alone takes 0.8 s, from a registry that is never full. */
export function scenario(changes: Partial<Scenario> = {}): Scenario {
  return {
    nodes: 12,
    zones: 1,
    imageBytes: 100e6,
    layers: 8,
    sharedShare: 0,
    nodeBandwidth: 125e6,
    registryBandwidth: 12.5e9,
    zoneBandwidth: undefined,
    parallelism: 4,
    maxPullsPerRegistry: 0,
    failureShare: 0,
    slow: { share: 0, factor: 1 },
    pullTimeoutMs: 600_000,
    seed: 1,
    ...changes,
  };
}

/** Runs it. */
export function simulated(changes: Partial<Scenario> = {}): Promise<Simulation> {
  return simulate(scenario(changes), new AbortController().signal);
}
