import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlane } from '../test/cluster/control-plane.ts';

export interface PodAccount {
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** What kubelet gives a pod: the address of the API server and the files of its ServiceAccount. */
export async function podEnvironment(
  controlPlane: ControlPlane,
  { namespace, serviceAccount }: PodAccount,
): Promise<Readonly<Record<string, string>>> {
  const { url, caPem, folder } = controlPlane;
  const directory = join(folder, serviceAccount);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'ca.crt'), caPem);
  const token = await controlPlane.createToken(namespace, serviceAccount);
  await writeFile(join(directory, 'token'), token, { mode: 0o600 });
  const { hostname, port } = new URL(url);
  return {
    KUBECONFIG: '',
    KUBERNETES_SERVICE_HOST: hostname,
    KUBERNETES_SERVICE_PORT: port,
    HEADSTART_SERVICE_ACCOUNT_DIRECTORY: directory,
  };
}
