import { join } from 'node:path';
import {
  type DockerConfigFormat,
  type RegistryCredential,
  readDockerConfig,
} from './docker-config.ts';
import { readSmallFile } from './small-file.ts';

/** Where a node keeps registry credentials for everybody on it. */
export interface NodeDockerConfigOptions {
  /** The kubelet's `--root-dir` as it is seen here. */
  readonly kubeletDir: string;
  readonly workingDir: string;
  /** Absent: there is none. */
  readonly homeDir?: string;
}

/** What the node's own files give. */
export interface NodeDockerConfig {
  readonly credentials: readonly RegistryCredential[];
  readonly problems: readonly string[];
}

interface Candidate {
  readonly path: string;
  readonly format: DockerConfigFormat;
}

/** Kubelet's paths in its order: `config.json` everywhere, then its predecessor `.dockercfg`. */
export function nodeDockerConfigPaths(options: NodeDockerConfigOptions): readonly Candidate[] {
  const { kubeletDir, workingDir, homeDir } = options;
  const home = homeDir === undefined ? [] : [homeDir];
  const config = [kubeletDir, workingDir, ...home.map(dir => join(dir, '.docker')), '/.docker'];
  const dockercfg = [kubeletDir, workingDir, ...home, '/'];
  return [
    ...config.map(dir => ({ path: join(dir, 'config.json'), format: 'config' as const })),
    ...dockercfg.map(dir => ({ path: join(dir, '.dockercfg'), format: 'dockercfg' as const })),
  ];
}

/**
 * Reads the first of the node's files that is well-formed, as kubelet does; those before it that are not are problems. The files are small and
 * pulls are few, so they are read each time: a change counts at once.
 */
export async function readNodeDockerConfig(
  options: NodeDockerConfigOptions,
): Promise<NodeDockerConfig> {
  const problems: string[] = [];
  for (const { path, format } of nodeDockerConfigPaths(options)) {
    const file = await readSmallFile(path);
    if (file.kind === 'missing') continue;
    const config = file.kind === 'read' ? readDockerConfig(file.text, format) : undefined;
    if (config !== undefined) {
      problems.push(...config.problems.map(problem => `file ${path}: ${problem}`));
      return { credentials: config.credentials, problems };
    }
    const problem = file.kind === 'unreadable' ? file.problem : 'is malformed';
    problems.push(`file ${path} ${problem}`);
  }
  return { credentials: [], problems };
}
