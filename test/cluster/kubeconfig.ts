import { writeFile } from 'node:fs/promises';
import type { KeyPairFiles } from './pki.ts';

/** How a kubeconfig's user proves who they are. */
export type KubeUser = KeyPairFiles | { readonly token: string };

/** Writes a kubeconfig with one cluster and one user and returns its path. */
export async function writeKubeconfig(
  path: string,
  cluster: { readonly url: string; readonly caCertificate: string },
  user: KubeUser,
): Promise<string> {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'test',
        cluster: { server: cluster.url, 'certificate-authority': cluster.caCertificate },
      },
    ],
    users: [
      {
        name: 'user',
        user:
          'token' in user
            ? { token: user.token }
            : { 'client-certificate': user.certificate, 'client-key': user.key },
      },
    ],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'user' } }],
    'current-context': 'test',
  };
  // JSON is YAML, and every kubeconfig reader takes it.
  await writeFile(path, JSON.stringify(config, null, 2), { mode: 0o600 });
  return path;
}
