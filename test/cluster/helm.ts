import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { binary } from './binaries.ts';
import type { ControlPlane } from './control-plane.ts';
import { type CommandResult, mustRun, type RunOptions, run } from './process.ts';

/** Debian has no Helm; Go checks the sum of what it builds. */
const VERSION = '3.19.0';
const PROGRAM = join(homedir(), '.cache', 'headstart', `helm-${VERSION}`, 'helm');
const BUILD_TIMEOUT_MS = 30 * 60_000;

/** The Helm chart of this checkout. */
export const CHART = join(import.meta.dirname, '..', '..', 'manifests', 'chart');

/** Builds Helm into the cache outside of the checkout, unless it is there. Needs Go. */
export async function buildHelm(): Promise<void> {
  if (existsSync(PROGRAM)) return;
  console.log(`Building helm ${VERSION}: some minutes, once`);
  const folder = dirname(PROGRAM);
  await mkdir(dirname(folder), { recursive: true });
  const unfinished = await mkdtemp(`${folder}-unfinished-`);
  const ticking = setInterval(() => console.log('… still building'), 30_000);
  try {
    const install = ['go', 'install', '-ldflags', '-s -w', `helm.sh/helm/v3/cmd/helm@v${VERSION}`];
    await mustRun(install, { env: { GOBIN: unfinished }, timeoutMs: BUILD_TIMEOUT_MS });
    // Only a finished program gets its name.
    await rename(unfinished, folder);
  } finally {
    clearInterval(ticking);
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** Runs Helm without a cluster, to its end, whatever that is. */
export function runHelm(args: readonly string[], options?: RunOptions): Promise<CommandResult> {
  return run([existsSync(PROGRAM) ? PROGRAM : binary('helm'), ...args], options);
}

/** Helm on a cluster: a function that returns what a command printed, which has to succeed. */
export function helmOn(controlPlane: ControlPlane): (...args: string[]) => Promise<string> {
  const home = join(controlPlane.folder, 'helm');
  const env = {
    KUBECONFIG: controlPlane.kubeconfigPath,
    HELM_CACHE_HOME: home,
    HELM_CONFIG_HOME: home,
    HELM_DATA_HOME: home,
  };
  return async (...args) => {
    const { code, stdout, stderr } = await runHelm(args, { env, timeoutMs: 280_000 });
    if (code !== 0) throw new Error(`exit code ${code} of helm ${args.join(' ')}\n${stderr}`);
    return stdout;
  };
}
