import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { binary } from './binaries.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { type CommandResult, type RunOptions, run } from './process.ts';

/** A kube-apiserver that knows our CustomResourceDefinitions, and kubectl against it. No webhook runs. */
export interface CrdServer extends AsyncDisposable {
  readonly controlPlane: ControlPlane;
  /** Has to succeed; returns what it printed. */
  kubectl(args: readonly string[], options?: RunOptions): Promise<string>;
  /** kubectl with a manifest on its standard input, to its end, whatever that is. */
  attempt(args: readonly string[], manifest: string | object): Promise<CommandResult>;
  create(object: object, ...args: string[]): Promise<string>;
  get<T>(...args: string[]): Promise<T>;
  patch(what: readonly string[], body: object): Promise<string>;
  patchStatus(what: readonly string[], status: object): Promise<string>;
}

/** Starts a control plane with the definitions as they stand in manifests/crds, YAML aliases included. */
export async function startCrdServer(): Promise<CrdServer> {
  const controlPlane = await startControlPlane();
  const kubectl: CrdServer['kubectl'] = (args, options) => controlPlane.mustKubectl(args, options);
  const merge = async (what: readonly string[], body: object): Promise<string> => {
    // In a file: a large status is longer than one argument may be.
    const file = join(controlPlane.folder, 'patch.json');
    await writeFile(file, JSON.stringify(body));
    return kubectl(['patch', ...what, '--type=merge', '--patch-file', file]);
  };
  await kubectl(['apply', '-f', 'manifests/crds/']);
  await kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']);
  return {
    controlPlane,
    kubectl,
    attempt: (args, manifest) =>
      run([binary('kubectl'), '--kubeconfig', controlPlane.kubeconfigPath, ...args, '-f', '-'], {
        input: typeof manifest === 'string' ? manifest : JSON.stringify(manifest),
        env: { KUBECACHEDIR: join(controlPlane.folder, 'kubectl-cache') },
      }),
    create: (object, ...args) =>
      kubectl(['create', ...args, '-f', '-'], { input: JSON.stringify(object) }),
    get: async <T>(...args: string[]) =>
      JSON.parse(await kubectl(['get', ...args, '-o', 'json'])) as T,
    patch: merge,
    patchStatus: (what, status) => merge([...what, '--subresource=status'], { status }),
    [Symbol.asyncDispose]: () => controlPlane.stop(),
  };
}
