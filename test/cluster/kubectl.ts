import { binary } from './binaries.ts';
import { type CommandResult, mustRun, type RunOptions, run } from './process.ts';

/** kubectl, as one user of one cluster. */
export interface Kubectl {
  /** Runs it to its end, whatever that is. */
  readonly kubectl: (...args: string[]) => Promise<CommandResult>;
  /** Runs it; it has to succeed. Returns what it printed. */
  readonly mustKubectl: (args: readonly string[], options?: RunOptions) => Promise<string>;
  /** Applies a manifest: YAML text, or one object. */
  readonly apply: (manifest: string | object) => Promise<string>;
  /** `get <args> -o json`, parsed. The caller names the type, as the server promises it. */
  readonly get: <T>(...args: string[]) => Promise<T>;
  /** `patch <args>` with a merge patch; it has to succeed. Returns the warnings of the server. */
  readonly patch: (args: readonly string[], patch: object) => Promise<string[]>;
}

/** kubectl with `kubeconfig`, its cache in `cacheFolder`. */
export function createKubectl(kubeconfig: string, cacheFolder: string): Kubectl {
  // Discovery is cached by server address, and a free port may come around again.
  const env = { KUBECACHEDIR: cacheFolder };
  const command = (args: readonly string[]): string[] => [
    binary('kubectl'),
    `--kubeconfig=${kubeconfig}`,
    ...args,
  ];
  const mustKubectl: Kubectl['mustKubectl'] = (args, options) =>
    mustRun(command(args), { ...options, env });
  return {
    kubectl: (...args) => run(command(args), { env }),
    mustKubectl,
    apply: manifest =>
      mustKubectl(['apply', '-f', '-'], {
        input: typeof manifest === 'string' ? manifest : JSON.stringify(manifest),
      }),
    get: async <T>(...args: string[]) =>
      JSON.parse(await mustKubectl(['get', ...args, '-o', 'json'])) as T,
    async patch(args, patch) {
      const mergePatch = ['--type=merge', '-p', JSON.stringify(patch)];
      const { stderr, code } = await run(command(['patch', ...args, ...mergePatch]), { env });
      if (code !== 0) throw new Error(`kubectl patch ${args.join(' ')}: ${stderr}`);
      return stderr.split('\n').filter(line => line.startsWith('Warning: '));
    },
  };
}
