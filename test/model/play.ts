import type { ImageListPullJob } from '../../api/image-list-pull-job.ts';
import { REGISTRY_BUDGET_CONFIG_MAP, SYSTEM_NAMESPACE } from '../../api/names.ts';
import {
  CONFIG_MAPS,
  IMAGE_LIST_PULL_JOBS,
  IMAGE_PULL_JOBS,
  PODS,
  SECRETS,
} from '../../api/resources.ts';
import { CEILINGS, type CeilingsName } from './ceiling-book.ts';
import { jobSpec, pullSecret, runningPod, templateOf } from './objects.ts';
import { attempt, create, inDefault, keyIn, merge, NAMESPACE, noted, remove } from './person.ts';
import { ofManagers } from './play-faults.ts';
import { onNode } from './play-node.ts';
import type { Step } from './steps.ts';
import type { ModelWorld } from './world.ts';

const BUDGET = { name: REGISTRY_BUDGET_CONFIG_MAP, namespace: SYSTEM_NAMESPACE } as const;

const BASIC = {
  parallelism: 2,
  completion: 'Always',
  always: true,
  chooses: { by: 'all' },
} as const;

type By<K extends Step['do']> = Extract<Step, { readonly do: K }>;

/** Lets one step happen. A step about something that is not there does nothing. */
export async function play(world: ModelWorld, step: Step): Promise<void> {
  if (step.do === 'pass') await world.pass(step.ms);
  else if (!(await ofManagers(world, step))) await world.act(async () => byPerson(world, step));
}

async function byPerson(world: ModelWorld, step: Step): Promise<void> {
  switch (step.do) {
    case 'create-job':
      return create(world, IMAGE_PULL_JOBS, {
        metadata: { name: step.job, namespace: NAMESPACE },
        spec: jobSpec(step.spec, step.image, step.secrets),
      });
    case 'edit-job':
      return editJob(world, step);
    case 'set-parallelism':
      return merge(world, IMAGE_PULL_JOBS, inDefault(step.job), {
        spec: { parallelism: step.parallelism },
      });
    case 'note-job':
      return merge(world, IMAGE_PULL_JOBS, inDefault(step.job), noted);
    case 'delete-job':
      return remove(world, IMAGE_PULL_JOBS, inDefault(step.job));
    case 'create-list':
      return create<ImageListPullJob>(world, IMAGE_LIST_PULL_JOBS, {
        metadata: { name: step.list, namespace: NAMESPACE },
        spec: { ...templateOf(BASIC), parallelism: step.parallelism, images: step.images },
      });
    case 'edit-list':
      return merge(world, IMAGE_LIST_PULL_JOBS, inDefault(step.list), {
        spec: { images: step.images, parallelism: step.parallelism },
      });
    case 'delete-list':
      return remove(world, IMAGE_LIST_PULL_JOBS, inDefault(step.list));
    case 'place-pod':
      await remove(world, PODS, inDefault(step.pod));
      return create(world, PODS, runningPod(step.pod, step.app, step.node));
    case 'finish-pod':
      return merge(world, PODS, inDefault(step.pod), { status: { phase: 'Succeeded' } }, 'status');
    case 'delete-pod':
      return remove(world, PODS, inDefault(step.pod));
    case 'put-secret':
      return putSecret(world, step);
    case 'delete-secret':
      return remove(world, SECRETS, inDefault(step.secret));
    case 'set-ceilings':
      return setCeilings(world, step.ceilings);
    case 'drop-ceilings':
      return remove(world, CONFIG_MAPS, BUDGET);
    default:
      return onNode(world, step);
  }
}

async function editJob(world: ModelWorld, { job, spec }: By<'edit-job'>): Promise<void> {
  const found = world.truth.jobs.get(keyIn(job));
  if (found === undefined) return;
  const value = jobSpec(spec, found.spec.image, found.spec.pullSecrets ?? []);
  const operations = [{ op: 'replace', path: '/spec', value } as const];
  await attempt(world.person.patch(IMAGE_PULL_JOBS, inDefault(job), { type: 'json', operations }));
}

async function putSecret(world: ModelWorld, { secret, value }: By<'put-secret'>): Promise<void> {
  const wanted = pullSecret(secret, value);
  if (world.truth.secrets.has(keyIn(secret))) {
    await merge(world, SECRETS, inDefault(secret), { data: wanted.data });
  } else await create(world, SECRETS, wanted);
}

async function setCeilings(world: ModelWorld, name: CeilingsName): Promise<void> {
  const data = { ceilings: CEILINGS[name].text };
  await create(world, CONFIG_MAPS, { metadata: BUDGET, data });
  await merge(world, CONFIG_MAPS, BUDGET, { data });
}
