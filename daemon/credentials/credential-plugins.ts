import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import { CredentialPlugin } from './credential-plugin.ts';
import type { RegistryCredential } from './docker-config.ts';
import type { PluginConfig } from './plugin-config.ts';
import {
  type PluginConfigFile,
  parsePluginConfigFiles,
  readPluginConfigFiles,
} from './plugin-config-files.ts';
import { createPluginMetrics, type PluginMetrics } from './plugin-metrics.ts';

export interface CredentialPluginsOptions {
  /** A CredentialProviderConfig, or a folder of them. */
  readonly configPath: string;
  readonly binDir: string;
}

export interface CredentialPluginsDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** What plugins inherit, before their configuration adds to it. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What one plugin gave. */
export interface PluginGift {
  readonly plugin: string;
  readonly credentials: readonly RegistryCredential[];
}

/** What all plugins gave that are for an image. */
export interface PluginGifts {
  /** By name, as kubelet orders them. */
  readonly gifts: readonly PluginGift[];
  readonly problems: readonly string[];
}

/** The credential-provider plugins of a node, as its configuration has them now. */
export class CredentialPlugins {
  readonly #options: CredentialPluginsOptions;
  readonly #deps: CredentialPluginsDeps;
  readonly #metrics: PluginMetrics;
  readonly #life = new AbortController();
  /** What each file gave when it could last be read. */
  #byPath: ReadonlyMap<string, readonly PluginConfig[]> = new Map();
  #files: readonly PluginConfigFile[] = [];
  #plugins: readonly CredentialPlugin[] = [];
  #problems: readonly string[] = [];
  #reported: readonly string[] = [];

  constructor(options: CredentialPluginsOptions, deps: CredentialPluginsDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#metrics = createPluginMetrics(deps.metrics);
  }

  /** Asks every plugin that is for `repository`; `fresh` passes over what they keep. Rejects only when `signal` aborts. */
  async ask(
    repository: string,
    asking: { readonly fresh: boolean; readonly signal: AbortSignal },
  ): Promise<PluginGifts> {
    const problems = [...(await this.#reload())];
    const asked = this.#plugins.filter(plugin => plugin.isFor(repository));
    const answers = await Promise.all(asked.map(plugin => plugin.credentials(repository, asking)));
    const gifts: PluginGift[] = [];
    for (const [i, answer] of answers.entries()) {
      const plugin = asked[i]?.config.name ?? '';
      if (answer.kind === 'failed') problems.push(`credential plugin ${plugin} ${answer.problem}`);
      else gifts.push({ plugin, credentials: answer.credentials });
    }
    return { gifts, problems };
  }

  /** Kills what still runs. */
  close(): void {
    this.#life.abort();
  }

  /**
   * Files are read each time: they are small, a kubelet's mount of a ConfigMap cannot be watched, and a change counts at once. Plugins whose
   * configuration stays keep what they know. Returns the problems there are.
   */
  async #reload(): Promise<readonly string[]> {
    const { files, problems } = await readPluginConfigFiles(this.#options.configPath);
    if (!isDeepStrictEqual(files, this.#files)) this.#replace(files);
    const all = [...problems, ...this.#problems].map(
      problem => `credential plugin configuration ${problem}`,
    );
    this.#report(all);
    return all;
  }

  #replace(files: readonly PluginConfigFile[]): void {
    const { plugins, problems, byPath } = parsePluginConfigFiles(files, this.#byPath);
    const known = new Map(this.#plugins.map(plugin => [plugin.config.name, plugin]));
    this.#byPath = byPath;
    this.#files = files;
    this.#problems = problems;
    this.#plugins = plugins
      .map(config => {
        const plugin = known.get(config.name);
        const isSame = plugin !== undefined && sameConfig(plugin, config);
        return isSame ? plugin : this.#create(config);
      })
      .sort((a, b) => (a.config.name < b.config.name ? -1 : 1));
    const names = this.#plugins.map(plugin => plugin.config.name);
    this.#deps.log.info('Read credential plugin configuration', { plugins: names });
  }

  #create(config: PluginConfig): CredentialPlugin {
    const deps = { ...this.#deps, metrics: this.#metrics, life: this.#life.signal };
    return new CredentialPlugin(config, this.#options, deps);
  }

  /** A line when it changes, not one for every pull. */
  #report(problems: readonly string[]): void {
    if (isDeepStrictEqual(problems, this.#reported)) return;
    this.#reported = problems;
    if (problems.length === 0) return;
    this.#deps.log.warn('Credential plugin configuration has problems', { problems });
  }
}

function sameConfig(plugin: CredentialPlugin, config: PluginConfig): boolean {
  const comparable = (each: PluginConfig): object => ({
    ...each,
    matchImages: each.matchImages.map(({ text }) => text),
  });
  return isDeepStrictEqual(comparable(plugin.config), comparable(config));
}
