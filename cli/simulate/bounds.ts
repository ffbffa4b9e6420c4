import { missingBytes, type Scenario } from './scenario.ts';

/** What a job cannot be faster than, whoever runs it, and why. */
export interface Bound {
  readonly limit: 'registry' | 'zones' | 'parallelism' | 'slowest node';
  readonly seconds: number;
}

/** The limits of a scenario, the tightest first. */
export function boundsOf(scenario: Scenario): readonly Bound[] {
  const { nodes, zones, zoneBandwidth = Number.POSITIVE_INFINITY, slow } = scenario;
  const bytes = missingBytes(scenario);
  const slowNodes = Math.round(nodes * slow.share);
  const atOnce = pullsAtOnce(scenario);
  const alone = bytes / scenario.nodeBandwidth;
  const aloneSlow = alone * slow.factor;
  const work = (nodes - slowNodes) * alone + slowNodes * aloneSlow;
  const bounds: readonly Bound[] = [
    { limit: 'registry', seconds: (nodes * bytes) / scenario.registryBandwidth },
    { limit: 'zones', seconds: (Math.ceil(nodes / zones) * bytes) / zoneBandwidth },
    { limit: 'parallelism', seconds: work / atOnce },
    { limit: 'slowest node', seconds: slowNodes > 0 ? aloneSlow : alone },
  ];
  return [...bounds].sort((a, b) => b.seconds - a.seconds);
}

function pullsAtOnce({ nodes, parallelism, maxPullsPerRegistry }: Scenario): number {
  const ceiling = maxPullsPerRegistry === 0 ? Number.POSITIVE_INFINITY : maxPullsPerRegistry;
  return Math.min(nodes, parallelism, ceiling);
}
