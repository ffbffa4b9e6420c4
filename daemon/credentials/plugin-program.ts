import { access, constants, stat } from 'node:fs/promises';
import { codeOf } from './small-file.ts';

/** Whoever may write the program could run anything as the daemon. */
const WRITABLE_BY_ALL = 0o002;

/** What keeps a program from being run; undefined: nothing does. */
export async function problemOfProgram(path: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(path);
    if ((mode & WRITABLE_BY_ALL) !== 0) return `is not run: everybody may write to ${path}`;
    await access(path, constants.X_OK);
    return undefined;
  } catch (error) {
    return codeOf(error) === 'ENOENT'
      ? `has no program ${path}`
      : `cannot be run: ${codeOf(error)}`;
  }
}
