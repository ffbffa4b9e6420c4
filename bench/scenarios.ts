import { bare } from './bare.ts';
import { churn } from './churn.ts';
import { daemon } from './daemon.ts';
import { fanout } from './fanout.ts';
import { nodes } from './nodes.ts';
import { rollout } from './rollout.ts';
import type { Scenario } from './scenario.ts';
import { webhook } from './webhook.ts';

/** Every scenario there is. */
export const SCENARIOS: readonly Scenario[] = [
  fanout,
  bare,
  nodes,
  rollout,
  churn,
  webhook,
  daemon,
];
