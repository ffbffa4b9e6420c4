import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BINARIES_FOLDER, findBinary } from './binaries.ts';
import { KUBERNETES_VERSION, KUBERNETES_VERSIONS } from './kubernetes-version.ts';
import { mustRun } from './process.ts';

const MODULE = join(import.meta.dirname, 'kubernetes');
/** go.mod is the default version's; each of the others has a file beside it. */
const MODULE_FILE =
  KUBERNETES_VERSION === KUBERNETES_VERSIONS[0] ? 'go.mod' : `go-${KUBERNETES_VERSION}.mod`;
/** `go build` of a cold cache takes ten minutes on two cores. */
const BUILD_TIMEOUT_MS = 40 * 60_000;

/** Builds the Kubernetes programs that this machine lacks into the cache outside of the checkout. Needs Go. */
export async function buildKubernetesPrograms(): Promise<void> {
  const programs = await readdir(join(MODULE, 'cmd'));
  const missing = programs.filter(program => findBinary(program) === undefined);
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
    const module = ['-C', MODULE, `-modfile=${MODULE_FILE}`];
    const build = ['go', 'build', ...module, '-ldflags', `-s -w -X ${version}`];
    const packages = missing.map(program => `./cmd/${program}`);
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
