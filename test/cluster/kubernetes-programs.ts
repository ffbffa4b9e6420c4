import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BINARIES_FOLDER, findBinary } from './binaries.ts';
import { KUBERNETES_VERSION } from './kubernetes-version.ts';
import { mustRun } from './process.ts';

/** Pins the version and everything that it was released with. */
const MODULE = join(import.meta.dirname, 'kubernetes', KUBERNETES_VERSION);
/** Commands of the module k8s.io/kubernetes. */
const PROGRAMS = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'kubectl',
];
/** Without the cloud providers that were part of Kubernetes up to 1.30, and the libraries of their clouds. */
const TAGS = 'providerless';
/** `go build` of a cold cache takes ten minutes on two cores. */
const BUILD_TIMEOUT_MS = 40 * 60_000;

/** Builds the Kubernetes programs that this machine lacks, all or those named, into the cache outside of the checkout. Needs Go. */
export async function buildKubernetesPrograms(named: readonly string[] = []): Promise<void> {
  const missing = (named.length === 0 ? PROGRAMS : named).filter(
    program => findBinary(program) === undefined,
  );
  if (missing.length === 0) return;
  if (findBinary('go') === undefined) {
    throw new Error(`Go is needed to build ${missing.join(', ')}: https://go.dev/dl`);
  }
  console.log(`Building ${missing.join(', ')} ${KUBERNETES_VERSION}: some minutes, once`);
  await mkdir(dirname(BINARIES_FOLDER), { recursive: true });
  const unfinished = await mkdtemp(`${BINARIES_FOLDER}-unfinished-`);
  const ticking = setInterval(() => console.log('… still building'), 30_000);
  try {
    const version = `k8s.io/component-base/version.gitVersion=v${KUBERNETES_VERSION}`;
    const build = ['go', 'build', '-C', MODULE, '-tags', TAGS, '-ldflags', `-s -w -X ${version}`];
    const packages = missing.map(program => `k8s.io/kubernetes/cmd/${program}`);
    await mustRun([...build, '-o', `${unfinished}/`, ...packages], { timeoutMs: BUILD_TIMEOUT_MS });
    await mkdir(BINARIES_FOLDER, { recursive: true });
    // Only finished programs get their names: an interrupted build leaves none behind that does not run.
    for (const program of missing) {
      await rename(join(unfinished, program), join(BINARIES_FOLDER, program));
    }
  } finally {
    clearInterval(ticking);
    await rm(unfinished, { recursive: true, force: true });
  }
}
