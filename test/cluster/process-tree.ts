import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where containerd puts containers of a kubelet that manages no cgroups. */
const CONTAINERS = '/k8s.io/';

/** The processes and all that they started, parents first; never this process. */
export async function withDescendants(pids: readonly number[]): Promise<number[]> {
  const children = await childrenByParent();
  const found = new Set(pids);
  // A set that grows while it is walked is walked to its end.
  for (const pid of found) for (const child of children.get(pid) ?? []) found.add(child);
  found.delete(process.pid);
  return [...found];
}

/** The cgroups of the container that a process runs in, one a hierarchy; none for other processes. */
export async function cgroupsOfContainer(pid: number): Promise<string[]> {
  const text = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
  return text
    .trim()
    .split('\n')
    .map(line => /^\d+:(?:name=)?([^:]*):(.*)$/.exec(line) ?? [])
    .filter(([, , path]) => path?.startsWith(CONTAINERS))
    .map(([, hierarchy = '', path = '']) => join('/sys/fs/cgroup', hierarchy, path));
}

async function childrenByParent(): Promise<ReadonlyMap<number, readonly number[]>> {
  const children = new Map<number, number[]>();
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    // The name of the program, in parentheses, may hold anything.
    const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (parent === undefined) continue;
    children.set(Number(parent), [...(children.get(Number(parent)) ?? []), pid]);
  }
  return children;
}
