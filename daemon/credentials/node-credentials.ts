import type { CredentialFindings, CredentialPart } from './credential-part.ts';
import type {
  CredentialPlugins,
  CredentialPluginsDeps,
  CredentialPluginsOptions,
  PluginGifts,
} from './credential-plugins.ts';
import type { CredentialRequest } from './credential-source.ts';
import { Keyring } from './keyring.ts';
import { type NodeDockerConfigOptions, readNodeDockerConfig } from './node-docker-config.ts';

/** Where a node has credentials for everybody on it. */
export interface NodeCredentialsOptions {
  /** Absent: no file of the node is read. */
  readonly dockerConfig?: NodeDockerConfigOptions;
  /** Absent: no plugin is run. */
  readonly plugins?: CredentialPluginsOptions;
}

/** The node's own credentials: its Docker configuration, and what its plugins answer, in one keyring as kubelet has it. */
export class NodeCredentials {
  readonly #options: NodeCredentialsOptions;
  readonly #deps: CredentialPluginsDeps;
  #plugins: Promise<CredentialPlugins> | undefined;

  constructor(options: NodeCredentialsOptions, deps: CredentialPluginsDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  readonly find: CredentialPart = async request => {
    const { dockerConfig } = this.#options;
    const nothing = { credentials: [], problems: [] };
    const [files, plugins] = await Promise.all([
      dockerConfig === undefined ? nothing : readNodeDockerConfig(dockerConfig),
      this.#askPlugins(request),
    ]);
    const entries = [...files.credentials, ...plugins.gifts.flatMap(gift => gift.credentials)];
    return {
      credentials: new Keyring(entries).lookup(request.repository),
      problems: [...files.problems, ...plugins.problems],
      lacks: lacksOf(plugins),
    };
  };

  /** Kills what still runs. */
  async close(): Promise<void> {
    (await this.#plugins)?.close();
  }

  async #askPlugins(request: CredentialRequest): Promise<PluginGifts> {
    const { plugins: options } = this.#options;
    if (options === undefined) return { gifts: [], problems: [] };
    this.#plugins ??= loadPlugins(options, this.#deps);
    return (await this.#plugins).ask(request.repository, request);
  }
}

/** Most nodes have no plugins, and the YAML parser is large. */
async function loadPlugins(
  options: CredentialPluginsOptions,
  deps: CredentialPluginsDeps,
): Promise<CredentialPlugins> {
  const { CredentialPlugins } = await import('./credential-plugins.ts');
  return new CredentialPlugins(options, deps);
}

function lacksOf({ gifts }: PluginGifts): CredentialFindings['lacks'] {
  return gifts.map(({ plugin, credentials }) =>
    credentials.length === 0
      ? `credential plugin ${plugin} answered nothing`
      : `credential plugin ${plugin} answered for other registries`,
  );
}
