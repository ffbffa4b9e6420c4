import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that is removed with all it holds. */
export interface TempFolder extends AsyncDisposable {
  readonly path: string;
}

/** Makes an empty folder with a short path: unix sockets in it may not pass 107 bytes. */
export async function makeTempFolder(): Promise<TempFolder> {
  const path = await mkdtemp(join(tmpdir(), 'headstart-'));
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
