import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { jobState } from '../../api/job-state.ts';
import { keyOf } from '../../api/meta.ts';
import { IMAGE_PULL_JOBS } from '../../api/resources.ts';
import { OptionReader, type RawOptions } from '../option-reader.ts';
import { jobTable } from './job-table.ts';
import { followObjects } from './live-objects.ts';
import { isForPeople, OUTPUT_FORMATS, type OutputFormat } from './output-format.ts';
import type { Session } from './session.ts';
import { objectsAs } from './structured-output.ts';

/** A live table is drawn at most this often, and at least as often: ages go on. */
const DRAW_MS = 500;

interface StatusOptions {
  readonly allNamespaces: boolean;
  readonly labelSelector?: string;
  readonly watch: boolean;
  readonly output: OutputFormat;
}

/** Shows the jobs once, or until the signal. */
export async function runStatus(raw: RawOptions, session: Session): Promise<number> {
  const options = readOptions(raw);
  if (options.watch) return watchJobs(options, session);
  const { items } = await session.client.list(IMAGE_PULL_JOBS, {
    ...scope(options, session),
    signal: session.signal,
  });
  show(inOrder(items), options, session);
  return 0;
}

function readOptions(raw: RawOptions): StatusOptions {
  const reader = new OptionReader(raw);
  const labelSelector = reader.text('selector');
  const options = {
    allNamespaces: reader.flag('allNamespaces'),
    watch: reader.flag('watch'),
    output: reader.oneOf('output', OUTPUT_FORMATS),
    ...(labelSelector === undefined ? {} : { labelSelector }),
  };
  if (options.watch && !isForPeople(options.output)) {
    reader.problem('watch', 'shows a table; leave -o out, or use: kubectl get imagepulljobs -w');
  }
  reader.finish();
  return options;
}

function scope({ allNamespaces, labelSelector }: StatusOptions, { namespace }: Session) {
  return {
    ...(allNamespaces ? {} : { namespace }),
    ...(labelSelector === undefined ? {} : { labelSelector }),
  };
}

/** By namespace and name, as kubectl lists them. */
function inOrder(jobs: Iterable<ImagePullJob>): readonly ImagePullJob[] {
  return [...jobs].sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
}

function show(jobs: readonly ImagePullJob[], options: StatusOptions, session: Session): void {
  if (isForPeople(options.output)) return showTable(jobs, options, session);
  session.out.print(objectsAs(options.output, jobs, 'imagepulljob.apps.kruise.io'));
}

function showTable(jobs: readonly ImagePullJob[], options: StatusOptions, session: Session): void {
  if (jobs.length === 0) session.note(noJobs(options, session));
  else session.out.print(painted(jobs, options, session));
}

function noJobs({ allNamespaces }: StatusOptions, { namespace }: Session): string {
  return allNamespaces ? 'No pull jobs found.' : `No pull jobs found in ${namespace} namespace.`;
}

function painted(
  jobs: readonly ImagePullJob[],
  options: StatusOptions,
  { out, clock }: Session,
): readonly string[] {
  const { allNamespaces: withNamespace, output } = options;
  const now = clock.now();
  return jobTable(jobs, { now, withNamespace, wide: output === 'wide' }).map((line, index) => {
    const job = jobs[index - 1];
    const state = job && jobState(job).kind;
    if (state === 'failed') return out.paint('red', line);
    return state === 'complete' ? out.paint('green', line) : line;
  });
}

async function watchJobs(options: StatusOptions, session: Session): Promise<number> {
  const jobs = await followObjects(
    IMAGE_PULL_JOBS,
    scope(options, session),
    session,
    session.signal,
  );
  let before = '';
  for (;;) {
    const present = inOrder(jobs.list());
    if (session.out.isLive) {
      const lines = present.length === 0 ? [noJobs(options, session)] : [];
      session.out.redraw([...lines, ...painted(present, options, session)]);
    } else {
      // Into a pipe the table goes again when something happened to a job.
      const after = JSON.stringify(present.map(({ metadata, status }) => [metadata.uid, status]));
      if (after !== before) showTable(present, options, session);
      before = after;
    }
    await session.clock.sleep(DRAW_MS, session.signal);
  }
}
