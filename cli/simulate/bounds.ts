import { missingBytes, type Scenario } from './scenario.ts';

/** What a job cannot be faster than, whoever runs it, and why. */
export interface Bound {
  readonly limit: 'registry' | 'zones' | 'parallelism' | 'slowest node';
  readonly seconds: number;
}

/** The limits of a scenario, the tightest first. */
export function boundsOf(scenario: Scenario): readonly Bound[] {
  const { nodes, zones, zoneBandwidth = Number.POSITIVE_INFINITY } = scenario;
  const bytes = missingBytes(scenario);
  const { slowest, total } = loneSeconds(scenario);
  const bounds: readonly Bound[] = [
    { limit: 'registry', seconds: (nodes * bytes) / scenario.registryBandwidth },
    { limit: 'zones', seconds: (Math.ceil(nodes / zones) * bytes) / zoneBandwidth },
    { limit: 'parallelism', seconds: total / pullsAtOnce(scenario) },
    { limit: 'slowest node', seconds: slowest },
  ];
  return [...bounds].sort((a, b) => b.seconds - a.seconds);
}

/** With less no job could end within the deadline, however fast the registry is. */
export function leastParallelism(scenario: Scenario, deadlineMs: number): number {
  const { fastest, total } = loneSeconds(scenario);
  const turns = Math.max(1, Math.floor(deadlineMs / 1000 / fastest));
  return Math.max(1, Math.ceil((total * 1000) / deadlineMs), Math.ceil(scenario.nodes / turns));
}

/** How long pulls take of nodes that are alone. */
function loneSeconds(scenario: Scenario) {
  const { nodes, slow } = scenario;
  const slowNodes = Math.round(nodes * slow.share);
  const fast = missingBytes(scenario) / scenario.nodeBandwidth;
  return {
    fastest: slowNodes === nodes ? fast * slow.factor : fast,
    slowest: slowNodes > 0 ? fast * slow.factor : fast,
    total: (nodes - slowNodes) * fast + slowNodes * fast * slow.factor,
  };
}

function pullsAtOnce({ nodes, parallelism, maxPullsPerRegistry }: Scenario): number {
  const ceiling = maxPullsPerRegistry === 0 ? Number.POSITIVE_INFINITY : maxPullsPerRegistry;
  return Math.min(nodes, parallelism, ceiling);
}
