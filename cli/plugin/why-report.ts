import { age } from '../../api/age.ts';
import { jobState } from '../../api/job-state.ts';
import { example } from './job-table.ts';
import { progressBar } from './progress-bar.ts';
import { textTable } from './text-table.ts';
import { judge, type Verdict } from './why-verdict.ts';
import type { WorkloadStory } from './workload-story.ts';

/** The whole answer, for programs too. */
export interface WhyReport extends Verdict {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** Images that some pod does not run yet. */
  readonly newImages: readonly string[];
  readonly settings: Pick<WorkloadStory['settings'], 'mode' | 'parallelism' | 'timeoutSeconds'>;
  readonly settingProblems: readonly string[];
  readonly jobs: readonly {
    readonly name: string;
    readonly image: string;
    readonly state: string;
    readonly desired: number;
    readonly succeeded: number;
    readonly failures: readonly string[];
  }[];
  readonly events: readonly {
    readonly lastTimestamp: string;
    readonly reason: string;
    readonly message: string;
  }[];
}

/** Puts together what the story says. */
export function whyReport(story: WorkloadStory): WhyReport {
  const { metadata } = story.workload;
  const { mode, parallelism, timeoutSeconds, problems } = story.settings;
  return {
    kind: story.kind.kind,
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    ...judge(story),
    newImages: story.changedImages,
    settings: { mode, parallelism, timeoutSeconds },
    settingProblems: problems,
    jobs: story.jobs.map(job => ({
      name: job.metadata.name,
      image: job.spec.image,
      state: jobState(job).word,
      desired: job.status?.desired ?? 0,
      succeeded: job.status?.succeeded ?? 0,
      failures: (job.status?.failures ?? []).map(each => `${each.reason}: ${example(each)}`),
    })),
    events: story.events.map(({ lastTimestamp = '', reason = '', message = '' }) => ({
      lastTimestamp,
      reason,
      message,
    })),
  };
}

/** The report for people. */
export function whyLines(report: WhyReport, now: number): readonly string[] {
  const { mode, parallelism, timeoutSeconds } = report.settings;
  const facts = [
    [
      'verdict',
      report.reason === undefined ? report.verdict : `${report.verdict}, ${report.reason}`,
    ],
    ['why', report.message],
    ...report.advice.map((line, index) => [index === 0 ? 'what to do' : '', line]),
    ...report.newImages.map((image, index) => [index === 0 ? 'new images' : '', image]),
    ['settings', `${mode}, ${parallelism} at a time, ${timeoutSeconds} s an attempt`],
    ...report.settingProblems.map(problem => ['bad setting', problem]),
  ];
  return [
    `${report.kind} ${report.namespace}/${report.name}`,
    ...facts.map(([label = '', text = '']) => `  ${label.padEnd(12)}${text}`),
    ...jobLines(report),
    ...eventLines(report, now),
  ];
}

function jobLines({ jobs }: WhyReport): readonly string[] {
  if (jobs.length === 0) return [];
  const rows = jobs.map(({ name, image, state, desired, succeeded }) => [
    name,
    image,
    progressBar(succeeded, desired),
    state,
  ]);
  const failures = jobs.flatMap(job => job.failures.map(text => `  ${job.name}: ${text}`));
  return ['', ...textTable(['JOB', 'IMAGE', 'PROGRESS', 'STATE'], rows), ...failures];
}

function eventLines({ events }: WhyReport, now: number): readonly string[] {
  if (events.length === 0) return [];
  const rows = events.map(each => [age(each.lastTimestamp, now), each.reason, each.message]);
  return ['', ...textTable(['LAST SEEN', 'EVENT', 'MESSAGE'], rows)];
}
