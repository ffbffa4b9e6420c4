import { existsSync } from 'node:fs';
import { readdir, readFile, readlink, rm, rmdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { removeNetwork } from './network.ts';
import { mustRun } from './process.ts';
import { until } from './until.ts';
import { removeWorkFolder } from './work-folder.ts';

/** Prefix of whatever a cluster names machine-wide: namespaces, links, cgroups. At most 11 characters, as links allow 15. */
export function clusterId(folder: string): string {
  return `hs${basename(folder).split('-').at(-1)}`;
}

/**
 * Removes whatever the cluster in `folder` left on this machine: processes, mounts, namespaces, cgroups, files.
 * It leans on nothing but the names, so it also works for a run that was killed in the middle of its start.
 */
export async function removeRemains(folder: string): Promise<void> {
  const id = clusterId(folder);
  const cgroups = await cgroupsOf(id);
  await killAll(folder, cgroups);
  for (const { id: container, socket } of await containersOf(folder)) {
    await rm(socket, { force: true });
    await rm(`/run/containerd/runc/k8s.io/${container}`, { recursive: true, force: true });
    await removeMatching('/var/lib/cni/results', name => name.includes(container));
  }
  await unmountBelow(folder);
  await removeNetwork(id);
  for (const cgroup of cgroups) await removeCgroup(cgroup);
  await removeContainerLogLinks(folder);
  await removeWorkFolder(folder);
}

/** Programs that name the folder in their arguments (shims outlive containerd), and what runs in the cgroups. */
async function killAll(folder: string, cgroups: readonly string[]): Promise<void> {
  await until(
    async () => {
      const pids = [...(await pidsNaming(folder)), ...(await pidsIn(cgroups))];
      for (const pid of pids) kill(pid);
      return pids.length === 0;
    },
    { what: `the end of all processes of ${folder}`, timeoutMs: 20_000 },
  );
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended in the meantime.
  }
}

async function pidsNaming(folder: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    // A zombie's command line is empty.
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (commandLine.includes(folder)) found.push(pid);
  }
  return found;
}

async function pidsIn(cgroups: readonly string[]): Promise<number[]> {
  const pids = new Set<number>();
  for (const cgroup of cgroups) {
    for (const folder of await foldersBelow(cgroup)) {
      const text = await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '');
      for (const line of text.split('\n')) if (line !== '') pids.add(Number(line));
    }
  }
  return [...pids];
}

/** In every hierarchy of cgroup v1, or the only one of v2. */
async function cgroupsOf(id: string): Promise<string[]> {
  const root = '/sys/fs/cgroup';
  const hierarchies = [root, ...(await readdir(root)).map(name => join(root, name))];
  return hierarchies.map(hierarchy => join(hierarchy, id)).filter(path => existsSync(path));
}

async function removeCgroup(cgroup: string): Promise<void> {
  for (const folder of (await foldersBelow(cgroup)).reverse()) await rmdir(folder);
}

/** Parents before their children. */
async function foldersBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const below = entries.filter(entry => entry.isDirectory());
  return [folder, ...below.map(entry => join(entry.parentPath, entry.name)).sort()];
}

/** Containers whose shim, runc and CNI keep state outside of the folder. */
async function containersOf(folder: string): Promise<{ id: string; socket: string }[]> {
  const containers: { id: string; socket: string }[] = [];
  for (const node of await readdir(folder)) {
    const tasks = join(folder, node, 'containerd-state', 'io.containerd.runtime.v2.task', 'k8s.io');
    for (const id of existsSync(tasks) ? await readdir(tasks) : []) {
      const address = await readFile(join(tasks, id, 'address'), 'utf8').catch(() => '');
      containers.push({ id, socket: address.replace('unix://', '') || join(tasks, id, 'address') });
    }
  }
  return containers;
}

async function unmountBelow(folder: string): Promise<void> {
  const mounts = await readFile('/proc/mounts', 'utf8');
  const points = mounts.split('\n').map(line => line.split(' ')[1] ?? '');
  for (const point of points.filter(path => path.startsWith(`${folder}/`)).reverse()) {
    await mustRun(['umount', '--lazy', point]);
  }
}

async function removeContainerLogLinks(folder: string): Promise<void> {
  const links = '/var/log/containers';
  const targets = new Map<string, string>();
  for (const name of existsSync(links) ? await readdir(links) : []) {
    targets.set(name, await readlink(join(links, name)).catch(() => ''));
  }
  await removeMatching(links, name => targets.get(name)?.startsWith(`${folder}/`) ?? false);
}

async function removeMatching(folder: string, matches: (name: string) => boolean): Promise<void> {
  for (const name of existsSync(folder) ? await readdir(folder) : []) {
    if (matches(name)) await rm(join(folder, name), { force: true });
  }
}
