import { delimiter, dirname } from 'node:path';
import type { EmbeddedCluster } from '../../cli/embedded/embedded-cluster.ts';
import { binary } from './binaries.ts';
import { type CommandResult, run } from './process.ts';

/** The script that all recipes for CI run. */
export const PREDOWNLOAD_SCRIPT = 'manifests/ci/predownload/predownload.sh';

/** How a run of the script ended; both outputs are one text. */
export interface Predownload {
  readonly code: number;
  readonly output: string;
  /** Name of the job, as the script printed it. */
  readonly job: string;
}

/** Runs `command` with `settings` in its environment and the cluster as the one of kubectl. */
export async function predownload(
  { kubeconfigPath }: Pick<EmbeddedCluster, 'kubeconfigPath'>,
  settings: Readonly<Record<string, string>>,
  command: readonly string[] = ['sh', PREDOWNLOAD_SCRIPT],
): Promise<Predownload> {
  const path = [dirname(binary('kubectl')), process.env['PATH'] ?? ''].join(delimiter);
  const env = {
    ...settings,
    PATH: path,
    KUBECONFIG: kubeconfigPath,
    // Discovery is cached by server address, and a free port may come around again.
    KUBECACHEDIR: `${kubeconfigPath}.cache`,
  };
  return resultOf(await run(command, { env }));
}

function resultOf({ stdout, stderr, code }: CommandResult): Predownload {
  const output = stdout + stderr;
  const [, job = ''] = /imagepulljob(?:\.apps\.kruise\.io\/|\s+)(\S+)/i.exec(output) ?? [];
  return { code, output, job };
}
