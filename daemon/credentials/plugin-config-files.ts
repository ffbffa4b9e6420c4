import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import {
  type PluginConfig,
  type PluginConfigs,
  readPluginConfigs,
  unreadableConfig,
} from './plugin-config.ts';
import { codeOf, readSmallFile } from './small-file.ts';

/** A file of the configuration as it is now. */
export interface PluginConfigFile {
  readonly path: string;
  readonly text: string;
}

/** The files of the configuration, or what keeps them from being read. */
export interface PluginConfigFiles {
  readonly files: readonly PluginConfigFile[];
  readonly problems: readonly string[];
}

const EXTENSIONS = new Set(['.json', '.yaml', '.yml']);

/** Reads a configuration file, or all of a folder in the order of their names, as kubelet does from 1.34. Never rejects. */
export async function readPluginConfigFiles(path: string): Promise<PluginConfigFiles> {
  const paths = await configPaths(path);
  if (typeof paths === 'string') return { files: [], problems: [paths] };
  const files: PluginConfigFile[] = [];
  const problems: string[] = [];
  for (const each of paths) {
    const file = await readSmallFile(each);
    if (file.kind === 'read') files.push({ path: each, text: file.text });
    else problems.push(`${each} ${file.kind === 'missing' ? 'does not exist' : file.problem}`);
  }
  return { files, problems };
}

async function configPaths(path: string): Promise<readonly string[] | string> {
  try {
    const names = (await readdir(path)).filter(name => EXTENSIONS.has(extname(name))).sort();
    return names.length > 0
      ? names.map(name => join(path, name))
      : `${path} has no file *.yaml, *.yml or *.json`;
  } catch (error) {
    // One file; if it does not exist, reading it says so.
    return ['ENOTDIR', 'ENOENT'].includes(codeOf(error))
      ? [path]
      : `${path} cannot be read: ${codeOf(error)}`;
  }
}

/** The providers of all files. Of two with one name the first counts; of a file that cannot be read, those that it had `before` (by path). */
export function parsePluginConfigFiles(
  files: readonly PluginConfigFile[],
  before: ReadonlyMap<string, readonly PluginConfig[]>,
): Omit<PluginConfigs, 'readable'> & {
  readonly byPath: ReadonlyMap<string, readonly PluginConfig[]>;
} {
  const plugins = new Map<string, PluginConfig>();
  const byPath = new Map<string, readonly PluginConfig[]>();
  const problems: string[] = [];
  for (const { path, text } of files) {
    const read = parsePluginConfigs(text);
    problems.push(...read.problems.map(problem => `${path}: ${problem}`));
    byPath.set(path, read.readable ? read.plugins : (before.get(path) ?? []));
    for (const plugin of byPath.get(path) ?? []) {
      if (plugins.has(plugin.name)) problems.push(`${path}: provider "${plugin.name}" is a second`);
      else plugins.set(plugin.name, plugin);
    }
  }
  return { plugins: [...plugins.values()], problems, byPath };
}

/** YAML or JSON, which is YAML. */
function parsePluginConfigs(text: string): PluginConfigs {
  const lineCounter = new LineCounter();
  // A message of the parser would quote lines, and `env` may hold a secret.
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line } = lineCounter.linePos(error.pos[0]);
    return unreadableConfig(`is malformed in line ${line} (${error.code})`);
  }
  try {
    return readPluginConfigs(document.toJS({ maxAliasCount: 100 }));
  } catch {
    return unreadableConfig('is malformed'); // aliases that lead nowhere, or to too much
  }
}
