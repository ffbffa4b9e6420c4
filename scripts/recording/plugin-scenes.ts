import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLONE_SETS, IMAGE_PULL_JOBS } from '../../api/resources.ts';
import { DEFAULT_SCENARIO, demoCloneSet, NEW_IMAGE } from '../../cli/demo/scenario.ts';
import { type EmbeddedCluster, startEmbeddedCluster } from '../../cli/embedded/embedded-cluster.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { systemClock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/log.ts';
import { RegistryModel } from '../../sim/registry-model.ts';

/** A command of the plugin and what it printed on a terminal. */
export interface Scene {
  readonly name: string;
  readonly command: string;
  readonly output: string;
}

const SCENES = { status: 'status', why: 'why cloneset/web', nodes: 'nodes' } as const;
const NODES = 6;
/** 60 MB over this link take ten seconds: the jobs go on while they are looked at. */
const NODE_BYTES_PER_SECOND = 6e6;
const CHECKOUT = join(import.meta.dirname, '..', '..');

/** Runs the plugin on an embedded cluster while a CloneSet gets a new image. Takes half a minute. */
export async function recordScenes(): Promise<readonly Scene[]> {
  const folder = await mkdtemp(join(tmpdir(), 'headstart-recording-'));
  try {
    await outputOf([process.execPath, join(CHECKOUT, 'scripts', 'build.mjs'), folder]);
    await using cluster = await startEmbeddedCluster(
      { nodes: NODES, nodeBytesPerSecond: NODE_BYTES_PER_SECOND, restartMs: 1000 },
      { log: silentLogger, registry: new RegistryModel({ anyImageSizeBytes: 60e6 }) },
    );
    const headstart = (words: string): Promise<string> =>
      onTerminal(`${join(folder, 'kubectl-headstart.mjs')} ${words}`, cluster.kubeconfigPath);
    await changeImages(cluster, headstart);
    const scenes: Scene[] = [];
    for (const [name, words] of Object.entries(SCENES)) {
      const command = `kubectl headstart ${words}`;
      scenes.push({ name, command, output: await headstart(words) });
    }
    return scenes;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A rollout, a job of somebody else, and one that names a node that is not there; returns when the first nodes are warm. */
async function changeImages(
  { client }: EmbeddedCluster,
  headstart: (words: string) => Promise<string>,
): Promise<void> {
  const web = demoCloneSet({ ...DEFAULT_SCENARIO, replicas: NODES, parallelism: 2 }, true);
  await client.create(CLONE_SETS, paused(web));
  await until(async () => {
    const found = await client.get(CLONE_SETS, { namespace: 'default', name: 'web' });
    return found?.status?.updatedReadyReplicas === NODES;
  });
  const template = { spec: { containers: [{ name: 'main', image: NEW_IMAGE }] } };
  const name = { namespace: 'default', name: 'web' };
  await client.patch(CLONE_SETS, name, { type: 'merge', body: { spec: { template } } });
  await headstart('pull registry.demo/tools/shell:1 --nodes node-99 --name shell');
  await headstart('pull registry.demo/base/java:21 --parallelism 2 --name java-21');
  await until(async () => {
    const [one = 0, other = 0] = await succeeded(client);
    return one > 0 && other > 0;
  });
}

/** Warmed before its first pod is updated: the job does not end while it is looked at. */
function paused(web: ReturnType<typeof demoCloneSet>) {
  const rollingUpdate = { ...web.spec.updateStrategy.rollingUpdate, partition: NODES };
  return {
    ...web,
    spec: { ...web.spec, updateStrategy: { type: 'RollingUpdate', rollingUpdate } },
  };
}

/** Nodes that have the image, for each job that can succeed. */
async function succeeded(client: KubeClient): Promise<readonly number[]> {
  const { items } = await client.list(IMAGE_PULL_JOBS, { namespace: 'default' });
  const jobs = items.filter(({ metadata }) => metadata.name !== 'shell');
  return jobs.map(({ status }) => status?.succeeded ?? 0);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (;;) {
    if (await isSo()) return;
    await systemClock.sleep(100);
  }
}

/** What a command prints where it finds a terminal, with colors. */
function onTerminal(command: string, kubeconfig: string): Promise<string> {
  const wide = `stty cols 200; ${command}`;
  return outputOf(['script', '--quiet', '--command', wide, '/dev/null'], {
    KUBECONFIG: kubeconfig,
    TERM: 'xterm',
  });
}

async function outputOf(
  [program = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const child = spawn(program, args, {
    cwd: CHECKOUT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await once(child, 'close');
  return output;
}
