import { join } from 'node:path';
import { connectKube } from '../../kube/connect-kube.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { loadKubeConfigAccess } from '../../kube/kube-config.ts';
import { installManifests } from '../../manifests/render.ts';
import { systemClock } from '../../runtime/clock.ts';
import { CleanupStack } from './cleanup-stack.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { createDaemonNode, type DaemonNode } from './daemon-node.ts';
import { type Registry, startRegistry } from './registry.ts';
import { abandonedWorkFolders, makeWorkFolder, removeWorkFolder } from './work-folder.ts';

const PREFIX = 'headstart-daemon';
/** What a daemon needs of the installation when it runs without a manager. */
const NEEDED = /^(Namespace|CustomResourceDefinition|ServiceAccount|(Cluster)?Role(Binding)?)$/;

/** A control plane, two registries, and nodes that have a real containerd and a real daemon. */
export interface DaemonMachine extends AsyncDisposable {
  readonly client: KubeClient;
  readonly controlPlane: ControlPlane;
  /** Open to everybody; it answers for docker.io, too. */
  readonly registry: Registry;
  readonly lockedRegistry: Registry;
  readonly folder: string;
  readonly cleanup: CleanupStack;
  /** `flags` are more of the daemon's. */
  addNode(name: string, folder?: string, flags?: readonly string[]): Promise<DaemonNode>;
}

/** Starts one, in about 8 s. Needs root. */
export async function startDaemonMachine(): Promise<DaemonMachine> {
  for (const folder of await abandonedWorkFolders(PREFIX)) await removeWorkFolder(folder);
  const cleanup = new CleanupStack();
  try {
    return await startIn(cleanup);
  } catch (error) {
    await cleanup.close();
    throw error;
  }
}

async function startIn(cleanup: CleanupStack): Promise<DaemonMachine> {
  const folder = await makeWorkFolder(PREFIX);
  cleanup.defer(`folder ${folder}`, () => removeWorkFolder(folder));
  const controlPlane = await startControlPlane();
  cleanup.defer('control plane', () => controlPlane.stop());
  const open = async (name: string, isPrivate: boolean): Promise<Registry> => {
    const registry = await startRegistry({ name, folder, address: '127.0.0.1', isPrivate });
    cleanup.defer(name, () => registry.stop());
    return registry;
  };
  const registry = await open('registry', false);
  const lockedRegistry = await open('locked-registry', true);
  await install(controlPlane);
  const client = await connect(controlPlane, cleanup);
  return {
    client,
    controlPlane,
    registry,
    lockedRegistry,
    folder,
    cleanup,
    addNode: (name, nodeFolder = join(folder, name), flags = []) =>
      createDaemonNode(
        { name, folder: nodeFolder, dockerHub: registry.host, flags },
        { controlPlane, client, cleanup },
      ),
    [Symbol.asyncDispose]: () => cleanup.close(),
  };
}

async function install(controlPlane: ControlPlane): Promise<void> {
  const items = installManifests({}).filter(({ kind }) => NEEDED.test(kind));
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  await controlPlane.mustKubectl(['apply', '-f', '-'], { input });
  await controlPlane.mustKubectl(['wait', '--for=condition=Established', 'crd', '--all']);
}

async function connect(controlPlane: ControlPlane, cleanup: CleanupStack): Promise<KubeClient> {
  const path = controlPlane.kubeconfigPath;
  const access = await loadKubeConfigAccess({ path }, { clock: systemClock });
  const connection = connectKube(
    { access, userAgent: 'headstart-test', fieldManager: 'headstart-test' },
    { clock: systemClock, random: Math.random },
  );
  cleanup.defer('API connection', () => connection[Symbol.dispose]());
  return connection.client;
}
