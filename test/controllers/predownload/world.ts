import assert from 'node:assert/strict';
import type { ImagePullJob } from '../../../api/image-pull-job.ts';
import { CLONE_SETS, IMAGE_PULL_JOBS, PODS } from '../../../api/resources.ts';
import type { Workload } from '../../../api/workload.ts';
import { setupPredownloadControllers } from '../../../controllers/predownload/setup.ts';
import { type ControllerWorld, startControllerWorld } from '../../support/controller-world.ts';
import type { FakeKube } from '../../support/fake-kube.ts';
import { pod, seedRunning, template } from './objects.ts';

export const gates = (on: boolean) => ({
  PreDownloadImageForInPlaceUpdate: on,
  PreDownloadImageForDaemonSetUpdate: on,
});

export const start = (
  workload: Workload,
  seed: (kube: FakeKube) => void = () => {},
  enabled = true,
): Promise<ControllerWorld> =>
  startControllerWorld(deps => setupPredownloadControllers(gates(enabled), deps), {
    workloads: [CLONE_SETS],
    seed: kube => {
      seedRunning(kube);
      seed(kube);
      kube.seed(CLONE_SETS, workload);
    },
  });

export const jobs = ({ kube }: ControllerWorld): readonly ImagePullJob[] =>
  kube.readAll(IMAGE_PULL_JOBS);
export const onlyJob = (world: ControllerWorld): ImagePullJob => {
  const [job, ...others] = jobs(world);
  assert.ok(
    job !== undefined && others.length === 0,
    `expected one job, got ${jobs(world).length}`,
  );
  return job;
};
export const web = { namespace: 'default', name: 'web' };

export async function setImage({ kube, run }: ControllerWorld, image: string): Promise<void> {
  await kube.patch(CLONE_SETS, web, {
    type: 'merge',
    body: { spec: { template: template(image) } },
  });
  await run();
}

export async function observe(
  { kube, run }: ControllerWorld,
  revision: string,
  more: object = {},
): Promise<void> {
  const generation = kube.read(CLONE_SETS, 'default/web')?.metadata.generation;
  const status = { observedGeneration: generation, updateRevision: revision, ...more };
  await kube.patch(CLONE_SETS, web, { type: 'merge', body: { status } }, { subresource: 'status' });
  await run();
}

export async function updatePod(
  { kube, run }: ControllerWorld,
  index: number,
  revision: string,
  image: string,
): Promise<void> {
  const { metadata, spec } = pod(index, revision, image);
  await kube.patch(PODS, metadata, {
    type: 'merge',
    body: { metadata: { labels: metadata.labels }, spec },
  });
  await run();
}
