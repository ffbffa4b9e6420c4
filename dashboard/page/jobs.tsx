import { useState } from 'preact/hooks';
import { duration } from '../../api/age.ts';
import type { JobRow, Tables, WorkloadRef } from '../wire/rows.ts';
import { jobsInOrder } from '../wire/summary.ts';
import { ago, bytes, counted } from './format.ts';
import { Progress } from './progress.tsx';

interface JobsProps {
  readonly jobs: Tables['jobs'];
  readonly now: number;
  readonly onStory: (workload: WorkloadRef) => void;
}

/** More are shown when asked for: nobody reads hundreds, and each costs memory. */
const PAGE = 8;

/** All jobs, those that run first. */
export function Jobs({ jobs, now, onStory }: JobsProps) {
  const [filter, setFilter] = useState('');
  const [shown, setShown] = useState(PAGE);
  const all = jobsInOrder(jobs);
  const found = all.filter(([key, { image }]) => `${key} ${image}`.includes(filter.trim()));
  return (
    <section class="card" aria-labelledby="jobs">
      <div class="title">
        <h2 id="jobs" tabIndex={-1}>
          Jobs
        </h2>
        <label>
          <span class="unseen">Find a job by name or image</span>
          <input
            type="search"
            placeholder="name or image"
            value={filter}
            onInput={event => setFilter(event.currentTarget.value)}
          />
        </label>
      </div>
      {found.length === 0 && (
        <p class="quiet">{all.length === 0 ? 'There are no jobs.' : 'No job is called that.'}</p>
      )}
      <ul class="jobs">
        {found.slice(0, shown).map(([key, job]) => (
          <Job key={key} job={job} now={now} onStory={onStory} />
        ))}
      </ul>
      {found.length > shown && (
        <button type="button" class="more" onClick={() => setShown(shown + PAGE)}>
          Show more of {found.length.toLocaleString('en')}
        </button>
      )}
    </section>
  );
}

function Job(props: { readonly job: JobRow } & Omit<JobsProps, 'jobs'>) {
  const { job, now, onStory } = props;
  const { owner, namespace, name, image, state } = job;
  return (
    <li class="job">
      <div class="job-head">
        <h3>
          <span class="quiet">{namespace}/</span>
          {name}
        </h3>
        <span class={`state ${state.kind}`}>{state.word}</span>
      </div>
      <p class="image">{image}</p>
      {state.kind === 'complete' ? undefined : <Progress job={job} />}
      <p class="quiet job-foot">
        <span>{timesOf(job, now)}</span>
        {owner !== undefined && owner.kind !== 'ImageListPullJob' && (
          <button type="button" class="link" onClick={() => onStory(owner)}>
            Story of {owner.kind} {owner.name}
          </button>
        )}
      </p>
      {hold(job)}
    </li>
  );
}

function timesOf(job: JobRow, now: number): string {
  const { state, bytesDone, bytesTotal, estimatedCompletionTime, createdAt, completedAt } = job;
  const left = Date.parse(estimatedCompletionTime ?? '') - now;
  const parts = [
    state.kind === 'running' ? `made ${ago(createdAt, now)}` : `ended ${ago(completedAt, now)}`,
    state.kind === 'complete' ? counted(job.succeeded, 'node') : '',
    bytesDone !== undefined && bytesTotal !== undefined
      ? `${bytes(bytesDone)} of ${bytes(bytesTotal)}`
      : '',
    state.kind === 'running' && left > 0 ? `about ${duration(left)} left` : '',
  ];
  return parts.filter(part => part !== '').join(' · ');
}

function hold({ state, message }: JobRow) {
  return state.word === 'RegistryBudget' ? <p class="note">{message}</p> : undefined;
}
