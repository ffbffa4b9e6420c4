import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** What reading a file gave. */
export type SmallFile =
  | { readonly kind: 'read'; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly problem: string };

const MAX_BYTES = 1024 * 1024;

/** Reads a configuration file of at most 1 MiB. Never rejects, waits for no FIFO, and its problems quote nothing of the content. */
export async function readSmallFile(path: string): Promise<SmallFile> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await file.stat();
    if (!stat.isFile()) return unreadable('is no file');
    if (stat.size > MAX_BYTES) return unreadable('has more than 1 MiB');
    return { kind: 'read', text: await file.readFile('utf8') };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' };
    return unreadable(`cannot be read: ${code}`);
  }
}

function unreadable(problem: string): SmallFile {
  return { kind: 'unreadable', problem };
}

/** The code of a failed system call, such as `EACCES`. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
