import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CredentialPlugins,
  type PluginGifts,
} from '../../../daemon/credentials/credential-plugins.ts';
import { createPlainMetrics } from '../../../runtime/plain-metrics.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { makeTempFolder, type TempFolder } from '../../support/temp-folder.ts';

/** The protocol that plugins of a {@link PluginWorld} speak unless told otherwise. */
export const PROTOCOL = 'credentialprovider.kubelet.k8s.io/v1';

/** A provider as it stands in a configuration. */
export type Provider = Readonly<Record<string, unknown>>;

/** A provider for `*.test` whose answers count for an hour. */
export function provider(name: string, fields: Provider = {}): Provider {
  const matchImages = ['*.test'];
  return { name, apiVersion: PROTOCOL, matchImages, defaultCacheDuration: '1h', ...fields };
}

/** An answer with one credential for `*.test`, whose password is `pw`. */
export function answer(user: string, fields: Provider = {}): Provider {
  return {
    kind: 'CredentialProviderResponse',
    apiVersion: PROTOCOL,
    cacheKeyType: 'Registry',
    auth: { '*.test': { username: user, password: 'pw' } },
    ...fields,
  };
}

/** Makes the folders of a world without plugins. */
export async function createPluginWorld(): Promise<PluginWorld> {
  const folder = await makeTempFolder();
  await mkdir(join(folder.path, 'bin'));
  return new PluginWorld(folder);
}

/** Credential plugins that are real programs, with a clock that stands still. */
export class PluginWorld implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly log = new RecordingLogger();
  readonly metrics = createPlainMetrics();
  readonly env = { PATH: process.env['PATH'], INHERITED: 'yes' };
  readonly binDir: string;
  readonly configPath: string;
  readonly plugins: CredentialPlugins;
  readonly #folder: TempFolder;

  constructor(folder: TempFolder) {
    this.#folder = folder;
    this.binDir = join(folder.path, 'bin');
    this.configPath = join(folder.path, 'config.yaml');
    const { binDir, configPath } = this;
    this.plugins = new CredentialPlugins({ binDir, configPath }, this);
  }

  /** A path in the folder of this world. */
  path(name: string): string {
    return join(this.#folder.path, name);
  }

  /** Writes the program of a plugin, in the language of sh; each run is counted. */
  async program(name: string, body: string, mode = 0o755): Promise<void> {
    const file = join(this.binDir, name);
    await writeFile(file, `#!/bin/sh\necho >> ${this.path(`${name}.runs`)}\n${body}\n`);
    await chmod(file, mode);
  }

  /** Writes a plugin that answers with a JSON text. */
  async answering(name: string, text: Provider | string): Promise<void> {
    const json = typeof text === 'string' ? text : JSON.stringify(text);
    await writeFile(this.path(`${name}.answer`), json);
    await this.program(
      name,
      `cat > ${this.path(`${name}.stdin`)}\ncat ${this.path(`${name}.answer`)}`,
    );
  }

  async configure(providers: readonly Provider[], fields: Provider = {}): Promise<void> {
    const config = { kind: 'CredentialProviderConfig', apiVersion: 'kubelet.config.k8s.io/v1' };
    await writeFile(this.configPath, JSON.stringify({ ...config, providers, ...fields }));
  }

  ask(repository: string, { fresh = false } = {}): Promise<PluginGifts> {
    return this.plugins.ask(repository, { fresh, signal: new AbortController().signal });
  }

  /** What the plugins gave: `plugin: user` for each credential. */
  async users(repository: string, options: { readonly fresh?: boolean } = {}): Promise<string[]> {
    const { gifts } = await this.ask(repository, options);
    return gifts.flatMap(({ plugin, credentials }) =>
      credentials.map(({ username }) => `${plugin}: ${username}`),
    );
  }

  async problems(repository: string): Promise<readonly string[]> {
    return (await this.ask(repository)).problems;
  }

  /** How often a program ran. */
  async runs(name: string): Promise<number> {
    const text = await readFile(this.path(`${name}.runs`), 'utf8').catch(() => '');
    return text.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.plugins.close();
    await this.#folder[Symbol.asyncDispose]();
  }
}
