import { stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { HeadstartError } from '../../runtime/errors.ts';

/** Where runtimes listen below the run directory, in the peer's order: the first one that answers is used. */
const SOCKETS = [
  'containerd.sock',
  'containerd/containerd.sock',
  'crio.sock',
  'crio/crio.sock',
  'cri-dockerd.sock',
  'cri-dockerd/cri-dockerd.sock',
] as const;

/** The sockets that exist below `runDir`, best first. */
export async function findSockets(runDir: string): Promise<readonly string[]> {
  const paths = SOCKETS.map(socket => join(runDir, socket));
  const found = await Promise.all(paths.map(isSocket));
  return paths.filter((_, i) => found[i] === true);
}

/** The path in `unix:///run/x.sock` or `/run/x.sock`. Throws `CONFIG_INVALID` for anything else. */
export function socketPathOf(endpoint: string): string {
  const path = endpoint.replace(/^unix:(?:\/\/)?/, '');
  if (isAbsolute(path)) return path;
  const message = `runtime endpoint ${JSON.stringify(endpoint)} is no unix socket; write unix:///path/to.sock`;
  throw new HeadstartError('CONFIG_INVALID', message);
}

/** True when there is a socket at `path`, listened to or not. */
export async function isSocket(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isSocket();
  } catch {
    return false; // whatever hides it, it cannot be used now
  }
}
