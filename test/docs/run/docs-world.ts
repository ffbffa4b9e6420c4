import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { parseImageReference } from '../../../api/image-reference.ts';
import { binary } from '../../cluster/binaries.ts';
import { CleanupStack } from '../../cluster/cleanup-stack.ts';
import { type Cluster, startCluster } from '../../cluster/cluster.ts';
import { pushHeadstart } from '../../cluster/install.ts';
import { startWorkloadStandIn } from '../../cluster/workload-stand-in.ts';
import { makeTempFolder } from '../../support/temp-folder.ts';
import { copyCheckout } from './checkout-copy.ts';
import { openShell, type Shell } from './shell.ts';

/** What readers of the pages have: a cluster, a registry with the image of Headstart, a checkout and a shell in it. */
export interface DocsWorld extends AsyncDisposable {
  readonly cluster: Cluster;
  readonly shell: Shell;
  /** Makes sure that nodes can pull these. */
  push(images: readonly string[]): Promise<void>;
  /** Deletes what pages left in namespace `default`. */
  tidy(): Promise<void>;
}

const WORKLOAD_CRDS = ['clonesets', 'statefulsets', 'daemonsets'].flatMap(plural => [
  '-f',
  `manifests/crds/${plural}.yaml`,
]);
const FOREIGN_KINDS = join(import.meta.dirname, '..', 'fixtures', 'foreign-kinds.yaml');
const LEFT_BY_PAGES =
  'imagelistpulljobs,imagepulljobs,clonesets.apps.kruise.io,statefulsets.apps.kruise.io,deployments.apps,configmaps,secrets';

/** Starts a cluster of four nodes without Headstart, which the first page installs. */
export async function startDocsWorld(): Promise<DocsWorld> {
  const cleanup = new CleanupStack();
  try {
    return await startWith(cleanup);
  } catch (error) {
    await cleanup.close();
    throw error;
  }
}

async function startWith(cleanup: CleanupStack): Promise<DocsWorld> {
  const folder = await makeTempFolder();
  cleanup.defer('folder', () => folder[Symbol.asyncDispose]());
  const checkout = join(folder.path, 'checkout');
  const home = join(folder.path, 'home');
  const bin = join(home, 'bin');
  await mkdir(bin, { recursive: true });
  const [cluster] = await Promise.all([startCluster({ nodes: 4 }), copyCheckout(checkout)]);
  cleanup.defer('cluster', () => cluster.stop());
  await symlink(binary('kubectl'), join(bin, 'kubectl'));
  // Checking reads the whole OpenAPI document, which every new kind changes.
  const unchecked = ['apply', '--validate=false'];
  await cluster.mustKubectl([...unchecked, ...WORKLOAD_CRDS, '-f', FOREIGN_KINDS]);
  const standIn = await startWorkloadStandIn(cluster);
  cleanup.defer('workload stand-in', () => standIn.stop());
  const env = {
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    KUBECONFIG: cluster.kubeconfigPath,
    KUBECACHEDIR: join(home, 'kubectl-cache'),
    BIN: bin,
    HEADSTART_IMAGE: await pushHeadstart(cluster),
    REGISTRY: cluster.registry.host,
  };
  const pushed = new Set<string>();
  return {
    cluster,
    shell: await openShell({ cwd: checkout, home, env }),
    push: async images => {
      for (const image of images) {
        if (pushed.has(image)) continue;
        pushed.add(image);
        await cluster.registry.push(pathOf(image));
      }
    },
    tidy: async () => {
      await cluster.kubectl('delete', LEFT_BY_PAGES, '--all', '--ignore-not-found');
    },
    [Symbol.asyncDispose]: () => cleanup.close(),
  };
}

/** What a registry calls an image. */
function pathOf(image: string): string {
  const parsed = parseImageReference(image);
  if (!parsed.ok) throw new Error(parsed.message);
  return `${parsed.reference.repository}:${parsed.reference.tag ?? 'latest'}`;
}
