import { join } from 'node:path';
import { DAEMON_NAMESPACE, SYSTEM_NAMESPACE } from '../../api/names.ts';
import type { Cluster } from './cluster.ts';
import { diagnose } from './diagnose.ts';
import { headstartLayouts } from './headstart-layouts.ts';
import type { Target } from './image-builder.ts';
import { shippedYaml } from './shipped-manifests.ts';

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

/** Installs the manifests as a user does, with these images, and returns when every replica and every node's daemon is Ready. */
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
}

async function isRolledOut(cluster: Cluster, namespace: string, what: string): Promise<void> {
  await cluster.mustKubectl(['rollout', 'status', '-n', namespace, what, '--timeout=120s']);
}
