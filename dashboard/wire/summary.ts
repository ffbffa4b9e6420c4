import { type JobRow, NODE_STATES, type NodeRow, type NodeState, type Tables } from './rows.ts';

/** Failures of all jobs that share a reason. */
export interface ReasonRow {
  readonly reason: string;
  /** Targets: a node that failed for two jobs counts twice. */
  readonly count: number;
  readonly jobs: readonly string[];
  readonly exampleNode: string;
  readonly exampleMessage: string;
}

/** The failures of `jobs` by reason, the most frequent first. */
export function failuresByReason(jobs: Tables['jobs']): readonly ReasonRow[] {
  const byReason = new Map<string, ReasonRow>();
  for (const [key, { failures }] of Object.entries(jobs)) {
    for (const { reason, count, exampleNode, exampleMessage } of failures) {
      const known = byReason.get(reason);
      byReason.set(reason, {
        ...(known ?? { reason, exampleNode, exampleMessage }),
        count: (known?.count ?? 0) + count,
        jobs: [...(known?.jobs ?? []), key],
      });
    }
  }
  return [...byReason.values()].toSorted(
    (a, b) => b.count - a.count || a.reason.localeCompare(b.reason),
  );
}

/** How many nodes are in each state. */
export function countStates(nodes: Tables['nodes']): Readonly<Record<NodeState, number>> {
  const counts = Object.fromEntries(NODE_STATES.map(state => [state, 0])) as Record<
    NodeState,
    number
  >;
  for (const { state } of Object.values(nodes)) counts[state]++;
  return counts;
}

/** Running jobs first, the newest first among equals; with their keys. */
export function jobsInOrder(jobs: Tables['jobs']): readonly (readonly [string, JobRow])[] {
  const rank = ({ state }: JobRow): number => (state.kind === 'running' ? 0 : 1);
  return Object.entries(jobs).toSorted(
    ([keyA, a], [keyB, b]) =>
      rank(a) - rank(b) ||
      (b.createdAt ?? '').localeCompare(a.createdAt ?? '') ||
      keyA.localeCompare(keyB),
  );
}

/** By name, `node-2` before `node-10`. */
export function nodesInOrder(nodes: Tables['nodes']): readonly (readonly [string, NodeRow])[] {
  const { compare } = new Intl.Collator('en', { numeric: true });
  return Object.entries(nodes).toSorted(([a], [b]) => compare(a, b));
}
