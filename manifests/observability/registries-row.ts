import type { Row } from './panels.ts';
import { OURS, q } from './queries.ts';

/** Registries and their ceilings. */
export const REGISTRIES_ROW: Row = {
  title: 'Registries',
  panels: [
    {
      title: 'Pulls in flight, and their ceiling',
      description: 'A dashed ceiling without end (+Inf) is not drawn.',
      queries: [
        q(`sum by (registry) (headstart_registry_pulls_in_flight{${OURS}})`, '{{registry}}'),
        q(
          `max by (registry) (headstart_registry_pulls_limit{${OURS}} < Inf)`,
          'ceiling of {{registry}}',
        ),
      ],
    },
    {
      title: 'Nodes that wait for a registry',
      description: 'Only the ceiling keeps them from pulling.',
      queries: [
        q(`sum by (registry) (headstart_registry_targets_waiting{${OURS}})`, '{{registry}}'),
      ],
    },
    {
      title: 'Mistakes in the ConfigMap of ceilings',
      description: 'While there are any, the ceilings before them hold.',
      type: 'stat',
      queries: [q(`max(headstart_registry_budget_mistakes{${OURS}})`)],
    },
  ],
};
