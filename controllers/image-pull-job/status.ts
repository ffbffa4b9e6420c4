import { setCondition } from '../../api/conditions.ts';
import type { ImagePullJob, ImagePullJobStatus } from '../../api/image-pull-job.ts';
import type { Condition } from '../../api/meta.ts';
import { describeHold } from '../registry-budget/registry-hold.ts';
import type { DownloadStatus } from './download-totals.ts';
import type { FailureSummary } from './failures.ts';
import type { TargetCounts } from './progress.ts';
import type { Verdict } from './verdict.ts';

/** What a status is made from. */
export interface StatusFacts {
  readonly job: ImagePullJob;
  readonly counts: TargetCounts;
  readonly failures: FailureSummary;
  readonly verdict: Verdict;
  /** Absent: nobody tells. */
  readonly downloads?: DownloadStatus;
  /** Pull secrets that can't be used; absent when the job has none, or nobody looked yet. */
  readonly secretProblems?: readonly string[];
  /** RFC 3339. */
  readonly now: string;
}

const NO_COUNTS: TargetCounts = {
  desired: 0,
  active: 0,
  waiting: 0,
  unavailable: 0,
  succeeded: 0,
  failed: 0,
  slots: 0,
  leaving: 0,
};

/** The status of a job. A finished one has no active targets: after its deadline they all count as failed. */
export function statusOf(facts: StatusFacts): ImagePullJobStatus {
  const { job, failures, verdict, now } = facts;
  const ended = verdict.kind !== 'running';
  const counts = ended ? { ...facts.counts, active: 0, waiting: 0, unavailable: 0 } : facts.counts;
  const failed = ended ? counts.desired - counts.succeeded : counts.failed;
  return {
    ...observedGeneration(facts),
    startTime: job.status?.startTime ?? now,
    ...(ended ? { completionTime: now } : {}),
    desired: counts.desired,
    active: counts.active,
    waiting: counts.waiting,
    unavailable: counts.unavailable,
    succeeded: counts.succeeded,
    failed,
    ...facts.downloads,
    message: messageOf(facts),
    ...(failures.nodes.length === 0 ? {} : { failedNodes: failures.nodes }),
    ...(failures.groups.length === 0 ? {} : { failures: failures.groups }),
    conditions: conditionsOf(facts),
  };
}

/** The status of a job whose spec nobody can act on. */
export function invalidStatus(job: ImagePullJob, problem: string, now: string): ImagePullJobStatus {
  const failures = { groups: [], nodes: [], text: problem };
  const verdict = { kind: 'failed', reason: 'InvalidSpec' } as const;
  return statusOf({ job, counts: NO_COUNTS, failures, verdict, now });
}

/** What changes in the status of a job that ended when its spec was edited; undefined when nothing does. */
export function seenStatus({
  metadata: { generation },
  status,
}: ImagePullJob): Partial<ImagePullJobStatus> | undefined {
  if (generation === undefined || status?.observedGeneration === generation) return undefined;
  const observed = { observedGeneration: generation };
  return {
    ...observed,
    conditions: (status?.conditions ?? []).map(each => ({ ...each, ...observed })),
  };
}

/** While entries of deselected nodes have yet to go, the edit is not done. */
function observedGeneration({ job, counts }: StatusFacts): { observedGeneration?: number } {
  const { generation } = job.metadata;
  const observed = counts.leaving === 0 ? generation : job.status?.observedGeneration;
  return observed === undefined ? {} : { observedGeneration: observed };
}

/** The peer's three messages; those of finished jobs end with what went wrong. */
function messageOf({ counts, failures, verdict }: StatusFacts): string {
  if (verdict.kind === 'running') {
    if (counts.desired === 0) return 'job is running, no progress';
    const share = (100 * (counts.succeeded + counts.failed)) / counts.desired;
    return `job is running, progress ${share.toFixed(1)}%`;
  }
  const reasons = failures.text === '' ? '' : `: ${failures.text}`;
  switch (verdict.reason) {
    case 'DeadlineExceeded':
      return `job exceeds activeDeadlineSeconds${reasons}`;
    case 'InvalidSpec':
      return `job is invalid${reasons}`;
    case 'NoMatchingNodes':
      return `job has completed${reasons === '' ? ': no node matches' : reasons}`;
    default:
      return `job has completed${reasons}`;
  }
}

function conditionsOf(facts: StatusFacts): readonly Condition[] {
  const { job, verdict, secretProblems, now } = facts;
  const { generation } = job.metadata;
  const observed = generation === undefined ? {} : { observedGeneration: generation };
  const { reason } = verdict;
  const message = messageOf(facts);
  const progress = verdict.reason === 'RegistryBudget' ? describeHold(verdict.hold) : message;
  const status = verdict.kind === 'running' ? 'True' : 'False';
  const kept = (job.status?.conditions ?? []).filter(({ type }) => !isEnding(type, verdict));
  let conditions = setCondition(
    kept,
    { type: 'Progressing', status, reason, message: progress, ...observed },
    now,
  );
  if (secretProblems !== undefined) {
    const secrets = secretsCondition(secretProblems);
    conditions = setCondition(conditions, { ...secrets, ...observed }, now);
  }
  if (verdict.kind === 'running') return conditions;
  const type = verdict.kind === 'complete' ? 'Complete' : 'Failed';
  return setCondition(conditions, { type, status: 'True', reason, message, ...observed }, now);
}

/** A job that opens again loses the condition it ended with. */
function isEnding(type: string, verdict: Verdict): boolean {
  return (
    (type === 'Complete' && verdict.kind !== 'complete') ||
    (type === 'Failed' && verdict.kind !== 'failed')
  );
}

function secretsCondition(problems: readonly string[]): Omit<Condition, 'lastTransitionTime'> {
  const type = 'PullSecretsReady';
  if (problems.length > 0) {
    return { type, status: 'False', reason: 'FailedPullSecret', message: problems.join('; ') };
  }
  return { type, status: 'True', reason: 'Mirrored', message: 'nodes can use all pull secrets' };
}

/** A merge patch from one status to the other: fields that are gone are set to null. */
export function statusPatch(
  before: ImagePullJobStatus | undefined,
  after: ImagePullJobStatus,
): Readonly<Record<string, unknown>> {
  const patch: Record<string, unknown> = { ...after };
  for (const key of Object.keys(before ?? {})) if (!(key in after)) patch[key] = null;
  return patch;
}
