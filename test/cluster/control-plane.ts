import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ApiServer, startApiServer } from './api-server.ts';
import { CleanupStack } from './cleanup-stack.ts';
import { type Etcd, startEtcd } from './etcd.ts';
import { type KubeUser, writeKubeconfig } from './kubeconfig.ts';
import { createKubectl, type Kubectl } from './kubectl.ts';
import { createPki, type Pki } from './pki.ts';
import { abandonedWorkFolders, makeWorkFolder, removeWorkFolder } from './work-folder.ts';

export interface ControlPlaneOptions {
  /** Where kube-apiserver listens; default 127.0.0.1. */
  readonly address?: string;
  /** Network namespace of the programs, from which this process can reach `address`; default the machine's own. */
  readonly namespace?: string;
  /** Further arguments of kube-apiserver. */
  readonly apiServerArgs?: readonly string[];
}

/** etcd and kube-apiserver with RBAC: enough for clients, CRDs, webhooks and controllers. Nothing collects garbage. */
export interface ControlPlane extends Kubectl, AsyncDisposable {
  readonly url: string;
  readonly caPem: string;
  /** Of a cluster administrator, by client certificate. */
  readonly kubeconfigPath: string;
  readonly pki: Pki;
  /** Holds logs and state; removed by stop(). */
  readonly folder: string;
  readonly apiServer: ApiServer;
  readonly etcd: Etcd;
  /** A token of an existing ServiceAccount, good for an hour. */
  createToken(namespace: string, serviceAccount: string): Promise<string>;
  /** Writes a kubeconfig of an existing ServiceAccount and returns its path. */
  serviceAccountKubeconfig(namespace: string, serviceAccount: string): Promise<string>;
  /** Issues a client certificate (subject in openssl form, `/O=group/CN=user`) and writes its kubeconfig. */
  certificateKubeconfig(name: string, subject: string): Promise<string>;
  stop(): Promise<void>;
}

const PREFIX = 'headstart-control-plane';
/** Else no Pod could be made: nothing here makes the ServiceAccount `default` of a namespace. */
const NO_SERVICE_ACCOUNTS = '--disable-admission-plugins=ServiceAccount';

/** Starts etcd and kube-apiserver on this machine, without root, and returns when the API is ready (about 4 s). */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  for (const folder of await abandonedWorkFolders(PREFIX)) await removeWorkFolder(folder);
  const cleanup = new CleanupStack();
  try {
    const folder = await makeWorkFolder(PREFIX);
    cleanup.defer(`folder ${folder}`, () => removeWorkFolder(folder));
    return await startIn(
      folder,
      { ...options, apiServerArgs: [NO_SERVICE_ACCOUNTS, ...(options.apiServerArgs ?? [])] },
      cleanup,
    );
  } catch (error) {
    await cleanup.close();
    throw error;
  }
}

/** As startControlPlane, in a folder that the caller owns, undone by `cleanup`. */
export async function startIn(
  folder: string,
  { address = '127.0.0.1', namespace, apiServerArgs = [] }: ControlPlaneOptions,
  cleanup: CleanupStack,
): Promise<ControlPlane> {
  const place = { folder, ...(namespace === undefined ? {} : { namespace }) };
  const [pki, etcd] = await Promise.all([createPki(folder), startEtcd(place)]);
  cleanup.defer('etcd', () => etcd.stop());
  const admin = await pki.issue({
    name: 'admin',
    subject: '/O=system:masters/CN=admin',
    usage: 'clientAuth',
  });
  const apiServer = await startApiServer(
    { ...place, address, extraArgs: apiServerArgs },
    { pki, admin, etcd },
  );
  cleanup.defer('kube-apiserver', () => apiServer.stop());
  await apiServer.ready();

  const { url } = apiServer;
  const cluster = { url, caCertificate: pki.caCertificate };
  const kubeconfig = (name: string, user: KubeUser): Promise<string> =>
    writeKubeconfig(join(folder, `${name}.kubeconfig`), cluster, user);
  const kubeconfigPath = await kubeconfig('admin', admin);
  const kubectl = createKubectl(kubeconfigPath, join(folder, 'kubectl-cache'));
  const createToken = async (tokenNamespace: string, serviceAccount: string): Promise<string> =>
    (await kubectl.mustKubectl(['create', 'token', serviceAccount, '-n', tokenNamespace])).trim();
  const stop = (): Promise<void> => cleanup.close();
  return {
    ...kubectl,
    url,
    caPem: await readFile(pki.caCertificate, 'utf8'),
    kubeconfigPath,
    pki,
    folder,
    apiServer,
    etcd,
    createToken,
    serviceAccountKubeconfig: async (accountNamespace, account) =>
      kubeconfig(`${accountNamespace}-${account}`, {
        token: await createToken(accountNamespace, account),
      }),
    certificateKubeconfig: async (name, subject) =>
      kubeconfig(name, await pki.issue({ name, subject, usage: 'clientAuth' })),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
