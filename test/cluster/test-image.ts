import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binary } from './binaries.ts';
import { writeOciImage } from './oci-image.ts';
import { mustRun } from './process.ts';

export interface TestImageOptions {
  /** Where to push, `host:port/name:tag`. */
  readonly reference: string;
  /** Random bytes in its layer: the size on the wire, and no two images share content. Default 1. */
  readonly sizeMb?: number;
  readonly credentials?: { readonly username: string; readonly password: string };
}

/** Ends at once when asked to: plain `sleep` as process 1 ignores SIGTERM, and every restart would take the 30 s of grace. */
const ENTRYPOINT = ['/bin/sh', '-c', 'trap "exit 0" TERM; sleep 1000000 & wait'];

/** Makes an image that runs a static busybox which waits, and pushes it. Returns its digest. */
export async function pushTestImage(options: TestImageOptions): Promise<string> {
  const { reference, sizeMb = 1, credentials } = options;
  const folder = await mkdtemp(join(tmpdir(), 'headstart-image-'));
  try {
    const root = join(folder, 'root');
    await mkdir(join(root, 'bin'), { recursive: true });
    await copyFile(binary('busybox'), join(root, 'bin', 'busybox'));
    for (const applet of ['sh', 'cat', 'ls', 'sleep', 'wget']) {
      await symlink('busybox', join(root, 'bin', applet));
    }
    await writeFile(join(root, 'padding'), randomBytes(sizeMb << 20));
    const layout = join(folder, 'oci');
    const { digest } = await writeOciImage(layout, {
      layers: [root],
      compress: false,
      tag: 'image',
      config: { Entrypoint: ENTRYPOINT, Env: ['PATH=/bin'] },
    });
    await pushOciImage(`${layout}:image`, reference, credentials);
    return digest;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Pushes an OCI layout (`FOLDER:TAG`) by skopeo, unchanged. */
export async function pushOciImage(
  layout: string,
  reference: string,
  credentials?: TestImageOptions['credentials'],
): Promise<void> {
  const login = credentials
    ? ['--dest-creds', `${credentials.username}:${credentials.password}`]
    : ['--dest-no-creds'];
  const to = ['--dest-tls-verify=false', ...login, `docker://${reference}`];
  const options = ['--quiet', '--insecure-policy', '--preserve-digests'];
  await mustRun(['skopeo', 'copy', ...options, `oci:${layout}`, ...to]);
}
