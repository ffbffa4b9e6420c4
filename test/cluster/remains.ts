import { existsSync } from 'node:fs';
import { readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { namespacesNamed, pidsInNetwork, removeNetwork } from './network.ts';
import { cgroupsOfContainer, withDescendants } from './process-tree.ts';
import { until } from './until.ts';
import { removeWorkFolder } from './work-folder.ts';

const ID_PREFIX = 'hs';

/** Prefix of whatever a cluster names machine-wide: namespaces, links, cgroups. Short, because names of links are. */
export function clusterId(folder: string): string {
  return ID_PREFIX + folder.slice(folder.lastIndexOf('-') + 1);
}

/** The folders of all clusters that have namespaces, whether or not they exist; `start` is how their paths begin. */
export async function foldersOfNetworks(start: string): Promise<string[]> {
  const names = await namespacesNamed(ID_PREFIX);
  const ids = names.map(name => /^hs(\w{6})-\d+$/.exec(name)?.[1]).filter(id => id !== undefined);
  return [...new Set(ids)].map(id => `${start}-${id}`);
}

/**
 * Removes whatever the cluster in `folder` left on this machine: processes, namespaces (and with them mounts), cgroups, files.
 * It leans on nothing but the names, so it also works for a run that was killed in the middle of its start.
 */
export async function removeRemains(folder: string): Promise<void> {
  const id = clusterId(folder);
  const cgroups = await cgroupsOf(id);
  const cgroupsOfContainers = await killAll(folder, id, cgroups);
  await removeNetwork(id);
  for (const cgroup of [...cgroups, ...cgroupsOfContainers]) await removeCgroup(cgroup);
  await removeWorkFolder(folder);
}

/**
 * Ends whatever runs in the nodes (shims outlive containerd), in the cgroups, or names the folder in its arguments, and whatever
 * those started: containers are children of their shims, and nothing else tells whose they are. Returns the cgroups of containers.
 */
async function killAll(
  folder: string,
  id: string,
  cgroups: readonly string[],
): Promise<ReadonlySet<string>> {
  const killed = new Set<number>();
  const cgroupsOfContainers = new Set<string>();
  await until(
    async () => {
      const pids = await withDescendants([
        ...(await pidsInNetwork(id)),
        ...(await pidsNaming(folder)),
        ...(await pidsIn(cgroups)),
      ]);
      for (const pid of pids) {
        for (const cgroup of await cgroupsOfContainer(pid)) cgroupsOfContainers.add(cgroup);
      }
      for (const pid of pids) kill(pid);
      for (const pid of pids) killed.add(pid);
      // A container whose shim is gone is nobody's child, and yet not gone itself.
      return pids.length === 0 && ![...killed].some(pid => existsSync(`/proc/${pid}`));
    },
    { what: `the end of all processes of ${folder}`, timeoutMs: 20_000 },
  );
  return cgroupsOfContainers;
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
  // A container's goes with its shim, if that has the time.
  if (!existsSync(cgroup)) return;
  for (const folder of (await foldersBelow(cgroup)).reverse()) await rmdir(folder);
}

/** Parents before their children. */
async function foldersBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const below = entries.filter(entry => entry.isDirectory());
  return [folder, ...below.map(entry => join(entry.parentPath, entry.name)).sort()];
}
