import type { ImageListPullJob } from '../../api/image-list-pull-job.ts';
import type { KubeObject, ObjectKey } from '../../api/meta.ts';
import type { ImageSpec, NodeImage } from '../../api/node-image.ts';
import type { Resource } from '../../api/resource.ts';
import {
  IMAGE_LIST_PULL_JOBS,
  IMAGE_PULL_JOBS,
  NODE_IMAGES,
  NODES,
  PODS,
  SECRETS,
} from '../../api/resources.ts';
import { KubeError } from '../../kube/kube-error.ts';
import { timestamp } from '../../runtime/clock.ts';
import {
  condition,
  jobSpec,
  pullSecret,
  readyNode,
  runningPod,
  templateOf,
  withBump,
  withHandWritten,
} from './objects.ts';
import type { Step } from './steps.ts';
import type { ModelWorld } from './world.ts';

const NAMESPACE = 'default';
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

async function ofManagers(world: ModelWorld, step: Step): Promise<boolean> {
  const client = world.managers[0]?.client;
  switch (step.do) {
    case 'befall':
      client?.befall(step.fates);
      return true;
    case 'latency':
      for (const manager of world.managers) manager.client.latencyMs = step.ms;
      return true;
    case 'fail-reads':
      if (client !== undefined) client.failingReads = step.count;
      return true;
    case 'end-watches':
      endWatches(world, step.how);
      return true;
    case 'lag':
      world.managers[step.of === 'leader' ? 0 : 1]?.client.lag(step.kind, step.ms);
      return true;
    case 'handover':
      await world.handOver();
      return true;
    case 'lose-lease':
      world.loseLease();
      return true;
    case 'kill-leader':
      world.kill(world.leader);
      return true;
    case 'kill-standby':
      world.kill(world.managers.find(manager => !manager.leads));
      return true;
    case 'heal':
      world.heal();
      return true;
    default:
      return false;
  }
}

function endWatches(world: ModelWorld, how: By<'end-watches'>['how']): void {
  if (how === 'too-old') world.person.compact();
  const errors = {
    quiet: undefined,
    broken: new KubeError('connection reset', { status: 0, retryable: true }),
    'too-old': new KubeError('too old resource version', { status: 410, reason: 'Expired' }),
  };
  world.disturbedByFault();
  for (const { client } of world.managers) client.kube.endWatches(errors[how]);
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
        spec: { ...templateOf(BASIC), images: step.images },
      });
    case 'edit-list':
      return merge(world, IMAGE_LIST_PULL_JOBS, inDefault(step.list), {
        spec: { images: step.images },
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
    default:
      return onNode(world, step);
  }
}

async function onNode(world: ModelWorld, step: Step): Promise<void> {
  const now = timestamp(world.clock);
  switch (step.do) {
    case 'join':
      return create(world, NODES, readyNode(step.node, now));
    case 'leave':
      return remove(world, NODES, { name: step.node });
    case 'recreate':
      await remove(world, NODES, { name: step.node });
      return create(world, NODES, readyNode(step.node, now));
    case 'virtual': {
      const isVirtual = world.truth.nodes.get(step.node)?.metadata.labels?.['type'] !== undefined;
      const labels = { type: isVirtual ? null : 'virtual-kubelet' };
      return merge(world, NODES, { name: step.node }, { metadata: { labels } });
    }
    case 'zone':
      return merge(
        world,
        NODES,
        { name: step.node },
        { metadata: { labels: { zone: step.zone } } },
      );
    case 'ready':
    case 'not-ready':
    case 'disk-pressure': {
      const conditions = [
        condition('Ready', step.do !== 'not-ready', now),
        condition('DiskPressure', step.do === 'disk-pressure', now),
      ];
      return merge(world, NODES, { name: step.node }, { status: { conditions } }, 'status');
    }
    case 'daemon':
      world.daemons.setMode(step.node, step.mode);
      return;
    case 'restart-daemon':
      world.daemons.restart(step.node);
      return;
    case 'hand-write':
      return putImages(world, step.node, nodeImage => withHandWritten(nodeImage, step.image));
    case 'bump':
      return putImages(world, step.node, nodeImage => withBump(nodeImage, step.image));
    case 'note-node-image':
      return merge(
        world,
        NODE_IMAGES,
        { name: step.node },
        { ...noted, spec: { 'x-spec': 'mine' } },
      );
    case 'note-mirrors':
      for (const { metadata } of world.truth.secrets.values()) {
        const { name, namespace = '' } = metadata;
        if (namespace !== NAMESPACE) await merge(world, SECRETS, { name, namespace }, noted);
      }
      return;
    default:
      throw new Error(`nobody does ${step.do}`);
  }
}

/** What a stranger writes into an object of ours. Labels of a NodeImage are its Node's. */
const noted = { metadata: { annotations: { 'strange/note': 'mine' } }, 'x-foreign': { deep: [1] } };

interface Name {
  readonly name: string;
  readonly namespace?: string;
}

const inDefault = (name: string): Name & { readonly namespace: string } => ({
  name,
  namespace: NAMESPACE,
});

/** A person's write that fails because the object is there already, or is not, is none. */
async function attempt(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof KubeError) || ![404, 409].includes(error.status)) throw error;
  });
}

const create = <T extends KubeObject>(world: ModelWorld, resource: Resource<T>, object: T) =>
  attempt(world.person.create(resource, object));

const remove = (world: ModelWorld, resource: Resource, name: Name) =>
  attempt(world.person.delete(resource, name));

function merge(
  world: ModelWorld,
  resource: Resource,
  name: Name,
  ...[body, subresource]: [unknown, 'status'?]
): Promise<void> {
  const options = subresource === undefined ? {} : { subresource };
  return attempt(world.person.patch(resource, name, { type: 'merge', body }, options));
}

async function editJob(world: ModelWorld, { job, spec }: By<'edit-job'>): Promise<void> {
  const found = world.truth.jobs.get(keyIn(job));
  if (found === undefined) return;
  const value = jobSpec(spec, found.spec.image, found.spec.pullSecrets ?? []);
  const operations = [{ op: 'replace', path: '/spec', value } as const];
  await attempt(world.person.patch(IMAGE_PULL_JOBS, inDefault(job), { type: 'json', operations }));
}

const keyIn = (name: string): ObjectKey => `${NAMESPACE}/${name}`;

async function putSecret(world: ModelWorld, { secret, value }: By<'put-secret'>): Promise<void> {
  const wanted = pullSecret(secret, value);
  if (world.truth.secrets.has(keyIn(secret))) {
    await merge(world, SECRETS, inDefault(secret), { data: wanted.data });
  } else await create(world, SECRETS, wanted);
}

async function putImages(
  world: ModelWorld,
  node: string,
  change: (nodeImage: NodeImage) => Readonly<Record<string, ImageSpec>> | undefined,
): Promise<void> {
  const nodeImage = world.truth.nodeImages.get(node);
  const value = nodeImage && change(nodeImage);
  if (nodeImage === undefined || value === undefined) return;
  const path = nodeImage.spec === undefined ? '/spec' : '/spec/images';
  const whole = nodeImage.spec === undefined ? { images: value } : value;
  const operations = [{ op: 'add', path, value: whole } as const];
  await attempt(world.person.patch(NODE_IMAGES, { name: node }, { type: 'json', operations }));
}
