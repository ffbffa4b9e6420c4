import { execFile } from 'node:child_process';
import { chmod, copyFile, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { writeOciImage } from './oci-image.ts';

/** Of the user `nonroot` of distroless images, which the manager runs as. */
const NONROOT = 65532;

/**
 * Writes the container image as an OCI layout with the tag `headstart`, without Docker: this machine's Node.js and the
 * libraries it loads, and the bundle in `dist` (scripts/build.mjs). For clusters of tests; the Dockerfile makes the image that is published.
 */
export async function writeHeadstartImage(layout: string, dist: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'headstart-image-'));
  try {
    const [base, app] = [join(work, 'base'), join(work, 'app')];
    await writeBase(base);
    await writeApp(app, dist);
    await writeOciImage(layout, {
      layers: [base, app],
      tag: 'headstart',
      config: {
        Entrypoint: ['/usr/local/bin/headstart'],
        Env: ['PATH=/usr/local/bin', 'NODE_ENV=production'],
        User: `${NONROOT}:${NONROOT}`,
        WorkingDir: '/',
      },
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function writeBase(root: string): Promise<void> {
  const place = async (source: string, target = source): Promise<void> => {
    await mkdir(dirname(join(root, target)), { recursive: true });
    await copyFile(source, join(root, target));
  };
  await place(process.execPath, '/usr/local/bin/node');
  for (const library of await librariesOf(process.execPath)) await place(library);
  const accounts = [
    ['passwd', `root:x:0:0:root:/:/\nnonroot:x:${NONROOT}:${NONROOT}:nonroot:/:/\n`],
    ['group', `root:x:0:\nnonroot:x:${NONROOT}:\n`],
  ] as const;
  await mkdir(join(root, 'etc'));
  for (const [file, text] of accounts) await writeFile(join(root, 'etc', file), text);
  await mkdir(join(root, 'tmp'));
  await chmod(join(root, 'tmp'), 0o1777);
}

async function writeApp(root: string, dist: string): Promise<void> {
  const isCode = (path: string): boolean => !path.endsWith('.map');
  await cp(dist, join(root, 'app'), { recursive: true, filter: isCode });
  const program = join(root, 'usr', 'local', 'bin', 'headstart');
  await mkdir(dirname(program), { recursive: true });
  await copyFile(join(import.meta.dirname, 'image-entrypoint.js'), program);
  await chmod(program, 0o755);
}

/** Paths of the libraries a program loads, the loader among them: `libm.so.6 => /lib/libm.so.6 (0x…)`, `/lib64/ld-linux.so.2 (0x…)`. */
async function librariesOf(program: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ldd', [program]);
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path);
}
