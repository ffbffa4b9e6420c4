import { type FailureGroup, MAX_FAILED_NODES } from '../../api/image-pull-job.ts';
import type { Failure } from './entry-state.ts';

/** Reasons come from nodes; a faulty daemon must not fill a status. */
const MAX_GROUPS = 20;
const MAX_EXAMPLE_CHARACTERS = 512;
const MAX_NAMES_IN_MESSAGE = 5;

/** The failures of a job in the form of its status. */
export interface FailureSummary {
  /** The most frequent reason first. */
  readonly groups: readonly FailureGroup[];
  /** Sorted; the first {@link MAX_FAILED_NODES}. */
  readonly nodes: readonly string[];
  /** `4 failed (Unauthorized)`, `5 failed (4 Unauthorized, 1 NodeNotFound: node-x)`; empty when nothing failed. */
  readonly text: string;
}

/** Groups failures by reason, with the first node by name as the example. */
export function summarizeFailures(
  failures: Iterable<readonly [node: string, failure: Failure]>,
): FailureSummary {
  const sorted = [...failures].sort(([a], [b]) => (a < b ? -1 : 1));
  const byReason = new Map<string, (readonly [string, Failure])[]>();
  for (const entry of sorted) {
    const members = byReason.get(entry[1].reason);
    if (members === undefined) byReason.set(entry[1].reason, [entry]);
    else members.push(entry);
  }
  const groups = [...byReason].map(([reason, members]) => groupOf(reason, members));
  groups.sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
  const names = (reason: string) => (byReason.get(reason) ?? []).map(([name]) => name);
  return {
    groups: groups.slice(0, MAX_GROUPS),
    nodes: sorted.slice(0, MAX_FAILED_NODES).map(([name]) => name),
    text: sorted.length === 0 ? '' : `${sorted.length} failed (${reasonsText(groups, names)})`,
  };
}

function groupOf(
  reason: string,
  members: readonly (readonly [node: string, failure: Failure])[],
): FailureGroup {
  const [exampleNode = '', failure] = members[0] ?? [];
  return {
    reason,
    count: members.length,
    exampleNode,
    exampleMessage: (failure?.message ?? '').slice(0, MAX_EXAMPLE_CHARACTERS),
  };
}

function reasonsText(
  groups: readonly FailureGroup[],
  names: (reason: string) => readonly string[],
): string {
  return groups
    .slice(0, MAX_GROUPS)
    .map(({ reason, count }) => {
      const label = groups.length === 1 ? reason : `${count} ${reason}`;
      return reason === 'NodeNotFound' ? `${label}: ${someOf(names(reason))}` : label;
    })
    .join(', ');
}

function someOf(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES_IN_MESSAGE).join(', ');
  const more = names.length - MAX_NAMES_IN_MESSAGE;
  return more > 0 ? `${shown} and ${more} more` : shown;
}
