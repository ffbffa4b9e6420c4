import type { ImageListPullJob } from '../../../api/image-list-pull-job.ts';
import type { ImagePullJob, PullJobTemplate } from '../../../api/image-pull-job.ts';
import type { Cluster } from '../cluster.ts';

const WAIT = '--timeout=60s';

const of =
  (kind: string) =>
  (name: string, spec: unknown): object => ({
    apiVersion: 'apps.kruise.io/v1beta1',
    kind,
    metadata: { name, namespace: 'default' },
    spec,
  });

/** An ImagePullJob with this spec, which may be malformed. */
export const imagePullJob = of('ImagePullJob');
/** An ImageListPullJob with this spec, which may be malformed. */
export const imageListPullJob = of('ImageListPullJob');
/** A CloneSet with this spec, which may be malformed. */
export const cloneSet = of('CloneSet');

/** What jobs of these suites add to an image: all nodes at once, one try. */
export const AT_ONCE = {
  parallelism: '100%',
  pullPolicy: { backoffLimit: 0 },
  completionPolicy: { type: 'Always' },
} as const satisfies PullJobTemplate;

/** Waits by kubectl, as a script does, until the job has `condition`, and returns it. */
export async function waitFor<J extends ImagePullJob | ImageListPullJob = ImagePullJob>(
  cluster: Cluster,
  job: string,
  condition: 'Complete' | 'Failed',
): Promise<J> {
  await cluster.mustKubectl(['wait', `--for=condition=${condition}`, job, WAIT]);
  return cluster.get<J>(job);
}

/** Nodes that have an image, by name. */
export async function nodesWith(cluster: Cluster, image: string): Promise<string[]> {
  const names: string[] = [];
  for (const node of cluster.nodes) {
    if ((await node.imageNames()).includes(image)) names.push(node.name);
  }
  return names;
}

/** Names of all nodes. */
export const allNodes = (cluster: Cluster): string[] => cluster.nodes.map(({ name }) => name);
