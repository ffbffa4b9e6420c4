import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { binary } from './binaries.ts';
import { freePort } from './free-port.ts';
import { startBackground } from './process.ts';
import { type BlobRequest, type RegistryDoor, startRegistryDoor } from './registry-door.ts';
import { pushOciImage, pushTestImage } from './test-image.ts';
import { until } from './until.ts';

export interface RegistryOptions {
  readonly name: string;
  readonly folder: string;
  /** The address nodes reach it by. */
  readonly address: string;
  /** Asks everybody for the password. Default false. */
  readonly isPrivate?: boolean;
}

/** A docker-registry, and the door all nodes come through. */
export interface Registry {
  /** `address:port`, what image names start with. */
  readonly host: string;
  /** The registry itself, past the door. */
  readonly backend: string;
  readonly door: RegistryDoor;
  /** What a private registry asks for. */
  readonly credentials: { readonly username: string; readonly password: string };
  /** Makes and pushes an image `name:tag` of random content; returns its full reference and digest. */
  push(name: string, sizeMb?: number): Promise<{ reference: string; digest: string }>;
  /** Pushes an OCI layout (`FOLDER:TAG`) as `name:tag`; returns its full reference. */
  pushLayout(layout: string, name: string): Promise<string>;
  /** Downloads of layers and configurations so far, oldest first. */
  downloads(repository: string): readonly BlobRequest[];
  stop(): Promise<void>;
}

const CREDENTIALS = { username: 'robot', password: 'let-me-pull' };
/** bcrypt of the password above, the only form docker-registry takes. */
const HTPASSWD = `robot:$2y$05$abcdefghijklmnopqrstuucCZeJdrAgCPNDV0D5WMVlxjAoEEY.vu\n`;

/** Starts an empty registry. */
export async function startRegistry(options: RegistryOptions): Promise<Registry> {
  const folder = join(options.folder, options.name);
  await mkdir(folder);
  const backend = `127.0.0.1:${await freePort()}`;
  const htpasswd = join(folder, 'htpasswd');
  const configFile = join(folder, 'config.yml');
  const config = {
    version: 0.1,
    storage: { filesystem: { rootdirectory: join(folder, 'data') }, delete: { enabled: true } },
    http: { addr: backend },
    log: { level: 'warn' },
    ...(options.isPrivate ? { auth: { htpasswd: { realm: 'test', path: htpasswd } } } : {}),
  };
  await writeFile(htpasswd, HTPASSWD);
  await writeFile(configFile, JSON.stringify(config));
  const program = startBackground({
    name: options.name,
    command: [binary('docker-registry'), 'serve', configFile],
    logFile: join(options.folder, `${options.name}.log`),
  });
  const door = await startRegistryDoor(options.address, `http://${backend}`);
  await until(async () => (await fetch(`http://${backend}/v2/`)).status < 500, {
    what: `registry ${options.name}`,
  });
  const login = options.isPrivate ? { credentials: CREDENTIALS } : {};
  return {
    host: door.host,
    backend,
    door,
    credentials: CREDENTIALS,
    async push(name, sizeMb = 1) {
      // Past the door, which tells of pulls only.
      const digest = await pushTestImage({ reference: `${backend}/${name}`, sizeMb, ...login });
      return { reference: `${door.host}/${name}`, digest };
    },
    async pushLayout(layout, name) {
      await pushOciImage(layout, `${backend}/${name}`, login.credentials);
      return `${door.host}/${name}`;
    },
    downloads: repository => door.requests.filter(request => request.repository === repository),
    async stop() {
      await door.stop();
      await program.stop();
    },
  };
}
