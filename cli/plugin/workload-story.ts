import type { KubeEvent, Pod, PodTemplate } from '../../api/core.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { labelSelectorToString } from '../../api/label-selector.ts';
import { controllerOf } from '../../api/meta.ts';
import type { PredownloadFacts } from '../../api/predownload-preconditions.ts';
import { type PredownloadSettings, predownloadSettings } from '../../api/predownload-settings.ts';
import { EVENTS, IMAGE_PULL_JOBS, PODS } from '../../api/resources.ts';
import type { UpdateRevision } from '../../api/update-revision.ts';
import type { Workload } from '../../api/workload.ts';
import type { WorkloadKind } from '../../api/workload-kinds.ts';
import { INDEX_OWNER_UID } from '../../controllers/informers.ts';
import { predownloadFacts } from '../../controllers/predownload/facts.ts';
import { observe, oldPodsOf, revisionNames } from '../../controllers/predownload/observe.ts';
import { RevisionTemplates } from '../../controllers/predownload/revisions.ts';
import { UpdateRevisions } from '../../controllers/predownload/update-revisions.ts';
import { podsOf } from '../../controllers/predownload/workload-pods.ts';
import type { FoundWorkload } from './find-workload.ts';
import { ifReadable } from './readable.ts';
import type { Session } from './session.ts';

/** Everything that tells why a workload was warmed or not. */
export interface WorkloadStory extends FoundWorkload {
  readonly settings: PredownloadSettings;
  /** What the controller decides from; undefined when the pods may not be read. */
  readonly facts: PredownloadFacts | undefined;
  /** Images that some pod does not run yet. */
  readonly changedImages: readonly string[];
  readonly jobs: readonly ImagePullJob[];
  /** About the workload, oldest first. */
  readonly events: readonly KubeEvent[];
}

/** What a story is read with. */
export type StoryReader = Pick<Session, 'client' | 'note' | 'signal'>;

/** Reads a workload's pods, revisions, jobs and Events, as far as the user may. */
export async function readStory(
  found: FoundWorkload,
  session: StoryReader,
): Promise<WorkloadStory> {
  const { workload } = found;
  const [pods, jobs, events] = await Promise.all([
    ifReadable('pods', podsOfWorkload(found, session), session),
    ifReadable('imagepulljobs', jobsOf(workload, session), session),
    ifReadable('events', eventsAbout(workload, session), session),
  ]);
  const settings = predownloadSettings(workload);
  const decided = pods && (await factsOf(found, pods, settings, session));
  return {
    ...found,
    settings,
    facts: decided?.facts,
    changedImages: decided?.changedImages ?? [],
    jobs: jobs ?? [],
    events: events ?? [],
  };
}

/** The pods of a workload, also those that are ending. */
export async function podsOfWorkload(
  { kind, workload }: FoundWorkload,
  { client, signal }: StoryReader,
): Promise<readonly Pod[]> {
  const { items } = await client.list(PODS, {
    namespace: workload.metadata.namespace ?? '',
    labelSelector: labelSelectorToString(workload.spec.selector ?? {}),
    signal,
  });
  return podsOf(workload, kind, {
    byIndex: (index, value) =>
      index === INDEX_OWNER_UID ? items.filter(pod => controllerOf(pod)?.uid === value) : items,
  });
}

async function jobsOf(
  { metadata }: Workload,
  { client, signal }: StoryReader,
): Promise<readonly ImagePullJob[]> {
  const namespace = metadata.namespace ?? '';
  const { items } = await client.list(IMAGE_PULL_JOBS, { namespace, signal });
  return items.filter(job => controllerOf(job)?.uid === metadata.uid);
}

async function eventsAbout(
  { metadata }: Workload,
  { client, signal }: StoryReader,
): Promise<readonly KubeEvent[]> {
  const { items } = await client.list(EVENTS, {
    namespace: metadata.namespace ?? '',
    fieldSelector: `involvedObject.uid=${metadata.uid ?? ''}`,
    signal,
  });
  const at = ({ lastTimestamp = '' }: KubeEvent): string => lastTimestamp;
  return items
    .filter(({ source }) => source?.component?.startsWith('headstart') === true)
    .toSorted((a, b) => at(a).localeCompare(at(b)));
}

async function factsOf(
  { kind, workload }: FoundWorkload,
  pods: readonly Pod[],
  settings: PredownloadSettings,
  session: StoryReader,
): Promise<Pick<WorkloadStory, 'changedImages'> & { readonly facts: PredownloadFacts }> {
  const revision = await revisionOf(kind, workload, session);
  const names = revisionNames(workload, kind, oldPodsOf({ kind, revision, pods }));
  const templates = await templatesOf(kind, { workload, names }, session);
  const observation = observe({ workload, kind, revision, pods, templates });
  const { changedImages } = observation;
  // Whether the gate is on stands in the manager's flags, which nobody can read from here.
  return {
    changedImages,
    facts: predownloadFacts({ workload, kind, revision, settings, observation, enabled: true }),
  };
}

function revisionOf(
  kind: WorkloadKind,
  workload: Workload,
  session: StoryReader,
): Promise<UpdateRevision | undefined> {
  const read = new UpdateRevisions(kind, session.client).of(workload, session.signal);
  return ifReadable(revisionsOfKind(kind), read, session);
}

async function templatesOf(
  kind: WorkloadKind,
  wanted: { readonly workload: Workload; readonly names: ReadonlySet<string> },
  session: StoryReader,
): Promise<ReadonlyMap<string, PodTemplate>> {
  const namespace = wanted.workload.metadata.namespace ?? '';
  const templates = new RevisionTemplates(kind, session.client);
  const read = templates.read(namespace, wanted.names, session.signal);
  return (await ifReadable(revisionsOfKind(kind), read, session)) ?? new Map();
}

function revisionsOfKind({ revisions }: WorkloadKind): string {
  return `${revisions.toLowerCase()}s.apps`;
}
