// node --import tsx scripts/plugin-tour.ts: runs the commands of the README's section on kubectl headstart against an embedded cluster
// and prints them with what they print.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { CLONE_SETS } from '../api/resources.ts';
import { DEFAULT_SCENARIO, demoCloneSet, NEW_IMAGE } from '../cli/demo/scenario.ts';
import { startEmbeddedCluster } from '../cli/embedded/embedded-cluster.ts';
import { systemClock } from '../runtime/clock.ts';
import { silentLogger } from '../runtime/log.ts';
import { RegistryModel } from '../sim/registry-model.ts';

const NODES = 6;
/** 60 MB over this link take five seconds. */
const NODE_BYTES_PER_SECOND = 12e6;

const folder = await mkdtemp(join(tmpdir(), 'headstart-tour-'));
try {
  await run(process.execPath, ['scripts/build.mjs', folder], {}, () => {});
  await tour();
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit(0);

async function tour(): Promise<void> {
  await using cluster = await startEmbeddedCluster(
    { nodes: NODES, nodeBytesPerSecond: NODE_BYTES_PER_SECOND, restartMs: 1000 },
    { log: silentLogger, registry: new RegistryModel({ anyImageSizeBytes: 60e6 }) },
  );
  const old = demoCloneSet({ ...DEFAULT_SCENARIO, replicas: 6, parallelism: 2 }, true);
  await cluster.client.create(CLONE_SETS, old);
  await systemClock.sleep(10_000);
  const containers = [{ name: 'main', image: NEW_IMAGE }];
  const template = { ...old.spec.template, spec: { containers } };
  const next = { ...old, spec: { ...old.spec, template } };
  await writeFile(join(folder, 'web.yaml'), stringify(next));
  const headstart = (line: string) => show(line, { KUBECONFIG: cluster.kubeconfigPath });
  await headstart('plan -f web.yaml');
  const name = { namespace: 'default', name: 'web' };
  await cluster.client.patch(CLONE_SETS, name, { type: 'merge', body: { spec: { template } } });
  await headstart('pull registry.demo/base/java:21 --parallelism 50% --name java-21');
  await systemClock.sleep(7000);
  await headstart('status');
  await headstart('why cloneset/web');
  await headstart('nodes');
  await headstart('watch java-21');
  await headstart('pull registry.demo/tools/shell:1 --nodes node-1,node-99 --name shell --wait');
}

async function show(line: string, env: Record<string, string>): Promise<void> {
  process.stdout.write(`$ kubectl headstart ${line}\n`);
  const program = join(folder, 'kubectl-headstart.mjs');
  await run(program, line.split(' '), { env: { ...process.env, ...env }, cwd: folder }, text =>
    process.stdout.write(text),
  );
}

async function run(
  program: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string },
  print: (text: string) => void,
): Promise<void> {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.setEncoding('utf8').on('data', print);
  child.stderr.setEncoding('utf8').on('data', print);
  await once(child, 'close');
}
