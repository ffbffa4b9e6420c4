import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { jobState } from '../../api/job-state.ts';
import { IMAGE_PULL_JOBS } from '../../api/resources.ts';
import type { Informer } from '../../kube/informer.ts';
import { linkedAbort } from '../../runtime/abort.ts';
import { HeadstartError } from '../../runtime/errors.ts';
import { EXIT } from './exit-codes.ts';
import { jobLines, jobSummary, progressLine } from './job-lines.ts';
import { followObjects } from './live-objects.ts';
import type { OutputFormat } from './output-format.ts';
import type { Session } from './session.ts';
import { objectsAs, structured } from './structured-output.ts';

export interface FollowOptions {
  readonly name: string;
  /** Undefined waits for ever. */
  readonly timeoutMs: number | undefined;
  readonly output: OutputFormat;
}

const LOOK_MS = 200;

/** Shows a job until it ends or the time is over; the exit code says which. */
export async function followJob(options: FollowOptions, session: Session): Promise<number> {
  using following = linkedAbort(session.signal);
  try {
    const { name } = options;
    const { namespace } = session;
    const selection = { namespace, fieldSelector: `metadata.name=${name}`, consistent: true };
    const jobs = await followObjects(IMAGE_PULL_JOBS, selection, session, following.signal);
    return await untilEnd(jobs, options, session);
  } finally {
    following.abort();
  }
}

async function untilEnd(
  jobs: Informer<ImagePullJob>,
  options: FollowOptions,
  session: Session,
): Promise<number> {
  const { clock, signal } = session;
  const endAt = clock.monotonicMs() + (options.timeoutMs ?? Number.POSITIVE_INFINITY);
  const key = `${session.namespace}/${options.name}`;
  const show = progressDisplay(options, session);
  let uid: string | undefined;
  for (;;) {
    const job = jobs.get(key);
    if (job === undefined || (uid !== undefined && job.metadata.uid !== uid)) {
      throw goneOrMissing(options.name, session, uid);
    }
    uid = job.metadata.uid;
    show(job);
    if (jobState(job).kind !== 'running') return ended(job, options, session);
    if (clock.monotonicMs() >= endAt) return timedOut(job, options, session);
    await clock.sleep(Math.min(LOOK_MS, Math.max(1, endAt - clock.monotonicMs())), signal);
  }
}

/** Redraws for people; writes a line for each change into a pipe; says nothing when a program reads the result. */
function progressDisplay(
  { output }: FollowOptions,
  { out, clock }: Session,
): (job: ImagePullJob) => void {
  if (output !== 'table') return () => {};
  if (out.isLive) return job => out.redraw(jobLines(job, clock.now()));
  let last = '';
  return job => {
    const line = progressLine(job);
    if (line !== last) out.print([line]);
    last = line;
  };
}

function goneOrMissing(
  name: string,
  { namespace }: Session,
  uid: string | undefined,
): HeadstartError {
  return new HeadstartError(
    'TERMINAL',
    uid === undefined
      ? `imagepulljob "${name}" not found in namespace ${namespace}; see: kubectl headstart status -A`
      : `imagepulljob "${name}" was deleted before it ended`,
  );
}

function ended(job: ImagePullJob, { output }: FollowOptions, { out }: Session): number {
  const failed = jobState(job).kind === 'failed';
  if (output === 'name') out.print(objectsAs(output, [job], 'imagepulljob.apps.kruise.io'));
  else if (output !== 'table') out.print(structured(output, job));
  else out.print(jobSummary(job).map(line => out.paint(failed ? 'red' : 'green', line)));
  return failed ? EXIT.failed : EXIT.ok;
}

function timedOut(job: ImagePullJob, { output }: FollowOptions, { out, note }: Session): number {
  if (output === 'json' || output === 'yaml') out.print(structured(output, job));
  note(
    `error: timed out waiting for imagepulljob "${job.metadata.name}", which goes on: ${progressLine(job)}`,
  );
  return EXIT.timeout;
}
