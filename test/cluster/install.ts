import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAEMON_NAMESPACE, SYSTEM_NAMESPACE } from '../../api/names.ts';
import { writeHeadstartImage } from '../../scripts/headstart-image.ts';
import type { Cluster } from './cluster.ts';
import { diagnose } from './diagnose.ts';
import { mustRun } from './process.ts';
import { shippedYaml } from './shipped-manifests.ts';

const CHECKOUT = join(import.meta.dirname, '..', '..');
const MANIFESTS = join(CHECKOUT, 'manifests');
/** Workloads of clusters without OpenKruise. */
const WORKLOAD_CRDS = ['crds/clonesets.yaml', 'crds/statefulsets.yaml', 'crds/daemonsets.yaml'];

/** Builds Headstart and its container image from this checkout and pushes it; returns the reference. */
export async function pushHeadstart(cluster: Cluster): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'headstart-build-'));
  const [dist, layout] = [join(folder, 'dist'), join(folder, 'layout')];
  try {
    await mustRun([process.execPath, join(CHECKOUT, 'scripts', 'build.mjs'), dist]);
    await writeHeadstartImage(layout, dist);
    return await cluster.registry.pushLayout(`${layout}:headstart`, 'headstart:test');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Installs the manifests as a user does, with `image`, and returns when every replica and every node's daemon is Ready. */
export async function installHeadstart(
  cluster: Cluster,
  { image }: { readonly image: string },
): Promise<void> {
  for (const crd of WORKLOAD_CRDS) await cluster.mustKubectl(['apply', '-f', join(MANIFESTS, crd)]);
  const install = await shippedYaml();
  await cluster.apply(install.replaceAll(/^( +image: )headstart:\S+$/gm, `$1${image}`));
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
