import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DAEMON_NAMESPACE, SYSTEM_NAMESPACE } from '../../api/names.ts';
import type { Cluster } from './cluster.ts';
import { diagnose } from './diagnose.ts';
import { headstartLayouts } from './headstart-layouts.ts';
import type { Target } from './image-builder.ts';
import { shippedYaml } from './shipped-manifests.ts';
import { until } from './until.ts';

const CHECKOUT = join(import.meta.dirname, '..', '..');
const MANIFESTS = join(CHECKOUT, 'manifests');
/** Workloads of clusters without OpenKruise. */
const WORKLOAD_CRDS = ['crds/clonesets.yaml', 'crds/statefulsets.yaml', 'crds/daemonsets.yaml'];

/** References of the images of both targets of the Dockerfile. */
export type HeadstartImages = Readonly<Record<Target, string>>;

/** Builds the images from this checkout, once a run, and pushes them. */
export async function pushHeadstartImages({ registry }: Cluster): Promise<HeadstartImages> {
  const { manager, daemon } = await headstartLayouts();
  return {
    manager: await registry.pushLayout(manager, 'headstart:test'),
    daemon: await registry.pushLayout(daemon, 'headstart-daemon:test'),
  };
}

/** As pushHeadstartImages(), for installations with one image for both: the manager's. */
export async function pushHeadstart(cluster: Cluster): Promise<string> {
  return (await pushHeadstartImages(cluster)).manager;
}

export interface InstallImages {
  readonly image: string;
  /** Of the DaemonSet. Default: the same. */
  readonly daemonImage?: string;
}

/**
 * Installs the manifests as a user does, with these images, and returns when every replica and every node's daemon is Ready and webhooks
 * are asked.
 */
export async function installHeadstart(
  cluster: Cluster,
  { image, daemonImage = image }: InstallImages,
): Promise<void> {
  for (const crd of WORKLOAD_CRDS) await cluster.mustKubectl(['apply', '-f', join(MANIFESTS, crd)]);
  const install = await shippedYaml();
  await cluster.apply(
    install
      .replaceAll(/^( +- name: daemon\n +image: )headstart:\S+$/gm, `$1${daemonImage}`)
      .replaceAll(/^( +image: )headstart:\S+$/gm, `$1${image}`),
  );
  try {
    await Promise.all([
      isRolledOut(cluster, SYSTEM_NAMESPACE, 'deployment/headstart-manager'),
      isRolledOut(cluster, DAEMON_NAMESPACE, 'daemonset/headstart-daemon'),
    ]);
  } catch (cause) {
    throw new Error(`Headstart did not become ready\n${await diagnose(cluster)}`, { cause });
  }
  await untilWebhooksAnswer(cluster);
}

/** They are armed when they are ready, and the API server learns of it a moment later. Only they warn of a job for nobody. */
async function untilWebhooksAnswer(cluster: Cluster): Promise<void> {
  const file = join(cluster.folder, 'job-for-nobody.json');
  const job = {
    apiVersion: 'apps.kruise.io/v1beta1',
    kind: 'ImagePullJob',
    metadata: { name: 'for-nobody', namespace: 'default' },
    spec: {
      image: 'nginx:1.27',
      selector: { names: ['nobody'] },
      completionPolicy: { type: 'Always' },
    },
  };
  await writeFile(file, JSON.stringify(job));
  await until(
    async () => {
      const { stderr } = await cluster.kubectl('create', '--dry-run=server', '-f', file);
      return stderr.includes('Warning: ');
    },
    { what: 'the webhooks to answer', everyMs: 500 },
  );
}

async function isRolledOut(cluster: Cluster, namespace: string, what: string): Promise<void> {
  await cluster.mustKubectl(['rollout', 'status', '-n', namespace, what, '--timeout=120s']);
}
