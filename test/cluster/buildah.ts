import { join } from 'node:path';
import { binary } from './binaries.ts';
import { mustRun } from './process.ts';

/** Runs a command of buildah and returns what it printed. */
export type Buildah = (...args: string[]) => Promise<string>;

/** Buildah with its images below `folder`, on top of those of the folder `base`, which it only reads. */
export function buildahIn(folder: string, base?: string): Buildah {
  const lower = base === undefined ? [] : ['--storage-opt', `overlay.imagestore=${store(base)}`];
  const places = ['--root', store(folder), '--runroot', join(folder, 'run')];
  const options = [...places, '--storage-driver', 'overlay', ...lower];
  // In a mount namespace of its own: what it mounts goes with it, also when it is killed.
  const command = ['unshare', '--mount', '--propagation', 'private', binary('buildah'), ...options];
  return (...args) => mustRun([...command, ...args], { timeoutMs: 5 * 60_000 });
}

const store = (folder: string): string => join(folder, 'store');
