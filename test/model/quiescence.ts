import { IMAGE_LIST_PULL_JOBS, IMAGE_PULL_JOBS } from '../../api/resources.ts';
import { lifetimeProblems, missedDays } from './lifetimes.ts';
import { play } from './play.ts';
import { recount, summaryOf } from './recount.ts';
import type { ModelWorld } from './world.ts';

const FINALIZER = 'apps.kruise.io/deletion-protection';
const MIRRORS = 'kruise-daemon-config';
const REFERENCES = 'imagepulljobs.kruise.io/references';

const MINUTE_MS = 60_000;
/** For retries that back off, at most a minute, and for watches. */
const CATCH_UP_MS = 150_000;
/** Silence, unavailability and the deadline of a pull, one after the other, and some more. */
const UNTIL_ALL_END_MS = 60 * MINUTE_MS;
/** With what came before it more than the longest day between two pulls. */
const DAY_HOURS = 24;
/** More writes than this for each object within ten quiet minutes are a loop. */
const QUIET_WRITES = 2;

/** Without faults, and while daemons stand still, everything that the managers write is exact. Returns what is not. */
export async function exactProblems(world: ModelWorld): Promise<readonly string[]> {
  world.heal();
  await world.pass(CATCH_UP_MS);
  world.daemons.frozen = true;
  let problems: readonly string[] = [];
  // Something may be due in this very moment; a status is written once a second.
  for (let attempt = 0; attempt < 5; attempt++) {
    await world.pass(1_500);
    problems = [
      ...miscounted(world),
      ...orphans(world),
      ...lifetimeProblems(world.truth, world.clock.now()),
    ];
    if (problems.length === 0) break;
  }
  world.daemons.frozen = false;
  return problems;
}

/** When nobody disturbs them any longer, jobs end and nothing is written any more; then they can all be deleted. Returns what goes on. */
export async function endlessProblems(
  world: ModelWorld,
  { endsWithADay }: { readonly endsWithADay: boolean },
): Promise<readonly string[]> {
  world.heal();
  world.daemons.heal();
  await unpause(world);
  await world.pass(UNTIL_ALL_END_MS);
  const unfinished = [...world.truth.jobs.values()]
    .filter(({ spec }) => spec.completionPolicy.type === 'Always')
    .filter(({ status }) => status?.completionTime === undefined)
    .map(job => `job ${job.metadata.name} does not end: ${JSON.stringify(job.status)}`);
  const problems = [...unfinished, ...(await noise(world)), ...(await exactProblems(world))];
  return [
    ...problems,
    ...(endsWithADay ? await dailyProblems(world) : []),
    ...(await leftovers(world)),
  ];
}

/** Never jobs pull once a day; without any of them a day is like another. */
async function dailyProblems(world: ModelWorld): Promise<readonly string[]> {
  const { truth, clock } = world;
  if (![...truth.jobs.values()].some(({ spec }) => spec.completionPolicy.type === 'Never')) {
    return [];
  }
  for (let hour = 0; hour <= DAY_HOURS; hour++) await world.pass(60 * MINUTE_MS);
  return [...missedDays(truth, clock.now()), ...world.audit.problems];
}

function miscounted(world: ModelWorld): string[] {
  return [...world.truth.jobs.values()].flatMap(job => {
    const book = world.audit.book(job.metadata.uid ?? '');
    const { status, metadata } = job;
    if (book === undefined || status?.completionTime !== undefined) return [];
    const [found, wanted] = [
      summaryOf(job),
      recount(job, { truth: world.truth, book, nowMs: world.clock.now() }),
    ];
    return [
      ...(found === wanted ? [] : [`job ${metadata.name} says ${found}; a recount ${wanted}`]),
      ...(status?.observedGeneration === metadata.generation
        ? []
        : [
            `job ${metadata.name} is at generation ${metadata.generation}, not ${status?.observedGeneration}`,
          ]),
    ];
  });
}

/** Tags, secrets, references and finalizers that nobody needs, and NodeImages without their Node. */
function orphans({ truth }: ModelWorld): string[] {
  const problems: string[] = [];
  const jobs = new Map([...truth.jobs.values()].map(job => [job.metadata.uid, job]));
  for (const { metadata, spec } of truth.nodeImages.values()) {
    const node = truth.nodes.get(metadata.name);
    const labels = JSON.stringify(metadata.labels ?? {});
    if (node === undefined) problems.push(`NodeImage ${metadata.name} has no Node`);
    else if (labels !== JSON.stringify(node.metadata.labels ?? {})) {
      problems.push(`NodeImage ${metadata.name} has other labels than its Node`);
    }
    for (const [name, image] of Object.entries(spec?.images ?? {})) {
      for (const entry of image.tags) {
        for (const { uid, kind } of entry.ownerReferences ?? []) {
          if (kind === 'ImagePullJob' && !jobs.has(uid)) {
            problems.push(`${name}:${entry.tag} on ${metadata.name} is owned by nobody`);
          }
        }
        if (entry.createdAt === undefined) {
          problems.push(`${name}:${entry.tag} on ${metadata.name} has no createdAt`);
        }
      }
    }
  }
  for (const node of truth.nodes.values()) {
    const { name, labels } = node.metadata;
    const wanted = labels?.['type'] !== 'virtual-kubelet';
    if (wanted !== truth.nodeImages.has(name)) problems.push(`Node ${name}: NodeImage wrong`);
  }
  const needy = [...jobs.values()].filter(
    ({ spec, status }) =>
      (spec.pullSecrets ?? []).length > 0 && status?.completionTime === undefined,
  );
  const needs = new Set(needy.map(({ metadata }) => `default/${metadata.name}`));
  for (const job of jobs.values()) {
    const held = job.metadata.finalizers?.includes(FINALIZER) ?? false;
    if (held !== needs.has(`default/${job.metadata.name}`)) {
      problems.push(`job ${job.metadata.name} ${held ? 'has a' : 'has no'} finalizer`);
    }
    if (job.metadata.deletionTimestamp !== undefined) {
      problems.push(`job ${job.metadata.name} is not gone`);
    }
  }
  for (const { metadata } of truth.secrets.values()) {
    if (metadata.namespace !== MIRRORS) continue;
    const references = (metadata.annotations?.[REFERENCES] ?? '').split(',').filter(Boolean);
    const stale = references.filter(key => !needs.has(key));
    if (references.length === 0 || stale.length > 0) {
      problems.push(`mirror ${metadata.name} is kept for ${stale.join(',') || 'nobody'}`);
    }
  }
  return problems;
}

/** A job that is paused, or whose registry is, would wait for good reason. */
async function unpause(world: ModelWorld): Promise<void> {
  await play(world, { do: 'set-ceilings', ceilings: 'all' });
  await world.act(async () => {
    for (const { spec, metadata } of world.truth.jobs.values()) {
      if (!/^0%?$/.test(String(spec.parallelism))) continue;
      const { name, namespace = '' } = metadata;
      const body = { spec: { parallelism: 1 } };
      await world.person.patch(IMAGE_PULL_JOBS, { name, namespace }, { type: 'merge', body });
    }
  });
}

async function noise(world: ModelWorld): Promise<string[]> {
  const before = world.audit.writes;
  await world.pass(10 * MINUTE_MS);
  const writes = world.audit.writes - before;
  const { jobs, nodeImages } = world.truth;
  const allowed = QUIET_WRITES * (jobs.size + nodeImages.size);
  return writes <= allowed ? [] : [`${writes} writes in ten quiet minutes`];
}

async function leftovers(world: ModelWorld): Promise<string[]> {
  const { jobs, lists, nodeImages, secrets } = world.truth;
  await world.act(async () => {
    for (const { metadata } of lists.values()) {
      const { name, namespace = '' } = metadata;
      await world.person.delete(IMAGE_LIST_PULL_JOBS, { name, namespace });
    }
    for (const { metadata } of jobs.values()) {
      const { name, namespace = '' } = metadata;
      await world.person.delete(IMAGE_PULL_JOBS, { name, namespace });
    }
  });
  await world.pass(MINUTE_MS);
  const mirrors = [...secrets.values()].filter(({ metadata }) => metadata.namespace === MIRRORS);
  const owned = [...nodeImages.values()].filter(({ spec }) =>
    JSON.stringify(spec ?? {}).includes('"ImagePullJob"'),
  );
  return [
    ...[...jobs.values()].map(({ metadata }) => `job ${metadata.name} can't be deleted`),
    ...owned.map(({ metadata }) => `NodeImage ${metadata.name} keeps tags of deleted jobs`),
    ...mirrors.map(({ metadata }) => `mirror ${metadata.name} outlives all jobs`),
  ];
}
