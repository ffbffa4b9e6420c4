import type { ImagePullJob } from '../../../api/image-pull-job.ts';
import { IMAGE_PULL_JOBS } from '../../../api/resources.ts';
import {
  type EmbeddedCluster,
  startEmbeddedCluster,
} from '../../../cli/embedded/embedded-cluster.ts';
import { silentLogger } from '../../../runtime/log.ts';
import { RegistryModel } from '../../../sim/registry-model.ts';

/** Nodes of the cluster. */
export const NODES = 4;

/** A cluster in this process, whose pulls take a moment. */
export function startPluginCluster(): Promise<EmbeddedCluster> {
  const images = { anyImageSizeBytes: 1e6 };
  return startEmbeddedCluster(
    { nodes: NODES, nodeBytesPerSecond: 1e7, restartMs: 5 },
    { log: silentLogger, registry: new RegistryModel(images) },
  );
}

/** Creates a job `default/<name>`. */
export function createJob(
  { client }: EmbeddedCluster,
  name: string,
  spec: Partial<ImagePullJob['spec']> = {},
): Promise<ImagePullJob> {
  return client.create(IMAGE_PULL_JOBS, {
    metadata: { name, namespace: 'default' },
    spec: { image: `${name}:1`, completionPolicy: { type: 'Always' }, ...spec },
  });
}
