import { jobState } from '../../api/job-state.ts';
import { ANNOTATION_PREDOWNLOAD, MANAGER_DEPLOYMENT, SYSTEM_NAMESPACE } from '../../api/names.ts';
import { type SkipReason, whyNotPredownload } from '../../api/predownload-preconditions.ts';
import { isLookedAt } from '../../api/workload-kinds.ts';
import { counted } from './text-table.ts';
import type { WorkloadStory } from './workload-story.ts';

/** The answer to why a workload was or was not warmed. */
export interface Verdict {
  readonly verdict:
    | 'Warm'
    | 'Warming'
    | 'Failed'
    | 'Skipped'
    | 'NotLookedAt'
    | 'UpToDate'
    | 'NotStarted'
    | 'Unknown';
  /** Of a skip: the precondition that does not hold. */
  readonly reason?: string;
  readonly message: string;
  /** What to do; empty when all is well. */
  readonly advice: readonly string[];
}

type Judge = (story: WorkloadStory) => Verdict | undefined;

/** The first that knows the answer. */
const JUDGES: readonly Judge[] = [notLookedAt, byJobs, unreadable, skipped, notStarted];

/** Judges a workload by its jobs and, without any, by the preconditions of the controller. */
export function judge(story: WorkloadStory): Verdict {
  for (const answer of JUDGES) {
    const verdict = answer(story);
    if (verdict !== undefined) return verdict;
  }
  return { verdict: 'Unknown', message: 'nothing is known', advice: [] };
}

function notLookedAt(story: WorkloadStory): Verdict | undefined {
  const { kind, workload } = story;
  if (isLookedAt(kind, workload)) return undefined;
  return {
    verdict: 'NotLookedAt',
    message: `objects of ${kind.resource.group}/${kind.resource.version} are warmed only when they ask for it`,
    advice: [annotate(story, '=always')],
  };
}

function byJobs({ jobs }: WorkloadStory): Verdict | undefined {
  if (jobs.length === 0) return undefined;
  const states = jobs.map(job => jobState(job));
  const nodes = Math.max(...jobs.map(({ status }) => status?.desired ?? 0));
  if (states.some(({ kind }) => kind === 'failed')) {
    const reasons = jobs.flatMap(({ status }) => (status?.failures ?? []).map(each => each.reason));
    return {
      verdict: 'Failed',
      message: 'some nodes did not get the image; their kubelets pull it when the pods are updated',
      advice: [...new Set(reasons)].flatMap(reason => PULL_ADVICE[reason] ?? []),
    };
  }
  if (states.every(({ kind }) => kind === 'complete')) {
    return {
      verdict: 'Warm',
      message: `the new images are on ${counted(nodes, 'node')}`,
      advice: [],
    };
  }
  const isPaused = states.some(({ word }) => word === 'Paused');
  return {
    verdict: 'Warming',
    message: isPaused ? 'the jobs are paused: parallelism is 0' : 'the jobs run',
    advice: isPaused ? ['raise apps.kruise.io/image-predownload-parallelism'] : [],
  };
}

function unreadable({ facts }: WorkloadStory): Verdict | undefined {
  if (facts !== undefined) return undefined;
  return {
    verdict: 'Unknown',
    message: 'there is no job, and without the pods nobody can tell why',
    advice: ['ask for the right to list pods in this namespace'],
  };
}

function skipped(story: WorkloadStory): Verdict | undefined {
  const skip = story.facts && whyNotPredownload(story.facts);
  if (skip === undefined) return undefined;
  const { reason } = skip;
  const [message = ''] = skip.message.split('; ', 1);
  if (reason === 'ImageUnchanged') return upToDate(story, message);
  return { verdict: 'Skipped', reason, message, advice: skipAdvice(story, reason) };
}

/** The rollout is over, and its jobs went with it: only Events remember. */
function upToDate({ events }: WorkloadStory, message: string): Verdict {
  const last = events.findLast(
    ({ reason }) => reason === 'CreatedImagePullJob' || reason === 'PreDownloadSkipped',
  );
  if (last === undefined) return { verdict: 'UpToDate', message, advice: [] };
  const how = last.reason === 'PreDownloadSkipped' ? 'was not warmed' : 'was warmed';
  return {
    verdict: 'UpToDate',
    message: `${message}; the last change ${how}: ${last.message ?? ''}`,
    advice: [],
  };
}

function notStarted(story: WorkloadStory): Verdict {
  const trouble = story.events.findLast(({ type }) => type === 'Warning');
  return {
    verdict: 'NotStarted',
    message:
      trouble === undefined
        ? 'everything asks for a job, but there is none'
        : `there is no job: ${trouble.message ?? ''}`,
    advice: [
      `see whether the manager runs: kubectl -n ${SYSTEM_NAMESPACE} get deployment ${MANAGER_DEPLOYMENT}`,
      `and whether its --feature-gates leave ${story.kind.gate} on`,
    ],
  };
}

function skipAdvice(story: WorkloadStory, reason: SkipReason): readonly string[] {
  const always = annotate(story, '=always');
  switch (reason) {
    case 'PredownloadNever':
      return [annotate(story, '-')];
    case 'NotInPlace':
      return [always, 'or update in place: podUpdatePolicy InPlaceIfPossible'];
    case 'SingleBatch':
      return [always, 'or update fewer pods at once: maxUnavailable, partition'];
    case 'TooFewReplicas':
    case 'InPlaceImpossible':
      return [always];
    case 'TooFewUpdatedReadyPods':
      return ['wait, or lower apps.kruise.io/image-predownload-min-updated-ready-pods'];
    case 'GateOff':
    case 'ImageUnchanged':
      return [];
  }
}

function annotate({ kind, workload }: WorkloadStory, value: string): string {
  const { name, namespace = 'default' } = workload.metadata;
  const { plural, group } = kind.resource;
  return `kubectl -n ${namespace} annotate ${plural}.${group} ${name} ${ANNOTATION_PREDOWNLOAD}${value}`;
}

/** What helps against failures of pulls, by reason. */
const PULL_ADVICE: Readonly<Record<string, string>> = {
  Unauthorized:
    'Unauthorized: check imagePullSecrets of the pod template and of its ServiceAccount',
  NotFound: 'NotFound: check that the image was pushed under this name and tag',
  InvalidReference: 'InvalidReference: correct the name of the image',
  RateLimited: 'RateLimited: lower the parallelism, or set a ceiling for the registry',
  DiskFull: 'DiskFull: free disk space on the nodes',
  InsufficientDisk: 'InsufficientDisk: free disk space on the nodes',
  NodeUnavailable: 'NodeUnavailable: see kubectl get nodes, and whether the daemon runs there',
  RuntimeUnavailable: 'RuntimeUnavailable: see whether the container runtime of the node runs',
  Timeout: 'Timeout: raise apps.kruise.io/image-predownload-timeout-seconds',
};
