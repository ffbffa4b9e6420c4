import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const MEMORY = '/dev/shm';

/** Makes an empty folder that names its owner: this process. */
export async function makeWorkFolder(prefix: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `${prefix}-`));
  await writeFile(join(folder, 'owner'), ownerOf(process.pid));
  return folder;
}

/** Removes a work folder and its companion in memory; nothing may be mounted there. */
export async function removeWorkFolder(folder: string): Promise<void> {
  for (const path of [companion(folder), folder]) {
    await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** A companion of a work folder in memory, for data that is synced at every write. */
export async function memoryFolder(folder: string): Promise<string> {
  if (!existsSync(MEMORY)) return folder;
  await mkdir(companion(folder), { recursive: true, mode: 0o700 });
  return companion(folder);
}

const companion = (folder: string): string => join(MEMORY, basename(folder));

/** Work folders of runs that were killed and could not clean up. */
export async function abandonedWorkFolders(prefix: string): Promise<string[]> {
  const names = await readdir(tmpdir());
  return names
    .filter(name => name.startsWith(`${prefix}-`))
    .map(name => join(tmpdir(), name))
    .filter(isAbandoned);
}

function isAbandoned(folder: string): boolean {
  const file = join(folder, 'owner');
  if (!existsSync(file)) return false;
  const owner = readFileSync(file, 'utf8');
  return owner !== '' && owner !== ownerOf(Number.parseInt(owner, 10));
}

/** The pid and its start time in clock ticks (field 22 of proc(5) stat), because pids come around again. */
function ownerOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return `${pid} ${stat.slice(stat.lastIndexOf(')')).split(' ')[20]}`;
  } catch {
    return `${pid} gone`;
  }
}
