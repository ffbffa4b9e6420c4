import type { ConfigMap, Node, Pod } from '../../api/core.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import type { NodeImage } from '../../api/node-image.ts';
import type { Workload } from '../../api/workload.ts';
import type { Informer, Lister } from '../../kube/informer.ts';

/** The caches of the manager that the dashboard reads. */
export interface Caches {
  readonly nodes: Informer<Node>;
  readonly nodeImages: Informer<NodeImage>;
  readonly imagePullJobs: Informer<ImagePullJob>;
  readonly pods: Informer<Pod>;
  readonly workloads: ReadonlyMap<string, Lister<Workload>>;
  readonly registryBudget?: Informer<ConfigMap>;
}
