import type { ImageListPullJob } from '../../api/image-list-pull-job.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import type { KubeObject } from '../../api/meta.ts';
import type { NodeImage } from '../../api/node-image.ts';
import type { Resource } from '../../api/resource.ts';
import { IMAGE_LIST_PULL_JOBS, IMAGE_PULL_JOBS, NODE_IMAGES } from '../../api/resources.ts';
import type { Workload } from '../../api/workload.ts';
import { workloadKind } from '../../api/workload-kinds.ts';
import { KubeError } from '../../kube/kube-error.ts';
import { HeadstartError } from '../../runtime/errors.ts';
import { OptionReader, type RawOptions } from '../option-reader.ts';
import { EXIT } from './exit-codes.ts';
import { type Effect, effectOfJob, effectOfUpdate } from './plan-effect.ts';
import { type PlannedObject, planLines } from './plan-report.ts';
import { readManifests } from './read-manifests.ts';
import { ifReadable } from './readable.ts';
import { failureLines } from './report-failure.ts';
import type { Session } from './session.ts';
import { structured } from './structured-output.ts';

/** Statuses of answers that judge the object, not the request. */
const DENIALS: ReadonlySet<number> = new Set([400, 403, 409, 422]);

/** Sends the objects of the files as a dry run and prints what would become of them. Nothing is changed. */
export async function runPlan(raw: RawOptions, session: Session): Promise<number> {
  const reader = new OptionReader(raw);
  const output = reader.oneOf('output', ['table', 'json', 'yaml']);
  reader.finish();
  const objects = await readManifests((raw['filename'] as readonly string[] | undefined) ?? []);
  if (objects.length === 0) throw new HeadstartError('CONFIG_INVALID', 'the files hold no object');
  const list = session.client.list(NODE_IMAGES, { signal: session.signal });
  const nodeImages = (await ifReadable('nodeimages', list, session))?.items;
  const planned: PlannedObject[] = [];
  for (const object of objects) planned.push(await plan(object, nodeImages, session));
  const lines = output === 'table' ? planLines(planned) : structured(output, { objects: planned });
  session.out.print(lines);
  return planned.some(({ action }) => action === 'denied') ? EXIT.failed : EXIT.ok;
}

async function plan(
  object: KubeObject,
  nodeImages: readonly NodeImage[] | undefined,
  session: Session,
): Promise<PlannedObject> {
  const { kind = '', metadata } = object;
  const { name, namespace = session.namespace } = metadata;
  const resource = resourceOf(object);
  const who = { kind, namespace, name };
  if (resource === undefined) {
    return { ...who, action: 'ignored', warnings: [], message: 'Headstart does not act on it' };
  }
  const old = await session.client.get(resource, { name, namespace }, { signal: session.signal });
  const { result, warnings } = await session.withWarnings(() =>
    dryRun(resource, { ...object, metadata: { ...withoutHistory(metadata), namespace } }, session),
  );
  if (result instanceof KubeError) {
    return { ...who, action: 'denied', warnings, message: failureLines(result).join('\n') };
  }
  const effect = await effectOf(resource, { old, next: result }, nodeImages, session);
  return { ...who, action: old === undefined ? 'created' : 'changed', warnings, ...effect };
}

/** Fields of objects that were read from a cluster; an apply with them is refused. */
function withoutHistory(metadata: KubeObject['metadata']): KubeObject['metadata'] {
  const {
    managedFields: _,
    resourceVersion: _version,
    ...rest
  } = metadata as typeof metadata & {
    readonly managedFields?: unknown;
  };
  return rest;
}

/** In the version of the file. */
function resourceOf({ apiVersion = '', kind = '' }: KubeObject): Resource | undefined {
  const [group = '', version = ''] = apiVersion.split('/');
  const ours = [IMAGE_PULL_JOBS, IMAGE_LIST_PULL_JOBS].find(
    known => known.group === group && known.kind === kind,
  );
  const resource: Resource | undefined = ours ?? workloadKind({ group, kind })?.resource;
  return resource && { ...resource, version };
}

async function dryRun(
  resource: Resource,
  body: KubeObject,
  { client, signal }: Session,
): Promise<KubeObject | KubeError> {
  const { name, namespace = '' } = body.metadata;
  const apply = { type: 'apply', body, force: true } as const;
  try {
    return await client.patch(resource, { name, namespace }, apply, { dryRun: true, signal });
  } catch (error) {
    // A user without the right to write would be denied, too.
    if (error instanceof KubeError && DENIALS.has(error.status)) return error;
    throw error;
  }
}

function effectOf(
  resource: Resource,
  { old, next }: { readonly old: KubeObject | undefined; readonly next: KubeObject },
  nodeImages: readonly NodeImage[] | undefined,
  session: Session,
): Promise<Effect> {
  const kind = workloadKind(resource);
  if (kind === undefined) {
    // Both kinds of jobs went through the schema of the server.
    return effectOfJob(next as ImagePullJob | ImageListPullJob, nodeImages, session);
  }
  if (old === undefined) {
    const message = 'its pods pull the image when they start';
    return Promise.resolve({ skip: { reason: 'NewWorkload', message } });
  }
  const update = { old: old as Workload, next: next as Workload };
  return effectOfUpdate(kind, update, nodeImages, session);
}
