import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { inNamespace, startBackground } from './process.ts';
import { until } from './until.ts';

/** What makes processes of this machine a node: its network, and its own /run, /var/lib and /var/log. */
export interface NodeNamespace {
  /** The command that runs `command` inside. */
  enter(command: readonly string[]): string[];
  stop(): Promise<void>;
}

/** Where nodes see folders of their own, and what those are called below the node's folder. */
const OWN_FOLDERS = { '/run': 'run', '/var/lib': 'lib', '/var/log': 'log' } as const;

/**
 * Opens the mount namespace of a node. Host paths of Pods, the runtime's socket and state, mounts of volumes:
 * everything is where a real node has it, nodes do not meet, and the mounts go when the last process goes.
 */
export async function openNodeNamespace(folder: string, network: string): Promise<NodeNamespace> {
  const mounts = Object.entries(OWN_FOLDERS).map(([path, name]) => [join(folder, name), path]);
  for (const [own = ''] of mounts) await mkdir(own);
  const opened = join(folder, 'run', 'opened');
  const script = [
    // Shared among the processes of the node, for volumes that ask for mount propagation.
    'mount --make-rshared /',
    ...mounts.map(([own, path]) => `mount --bind ${own} ${path}`),
    `touch ${opened}`,
    'exec sleep infinity',
  ];
  const unshare = ['unshare', '--mount', '--propagation', 'private'];
  const holder = startBackground({
    name: 'namespace',
    command: inNamespace(network, [...unshare, 'sh', '-c', script.join(' && ')]),
    logFile: join(folder, 'namespace.log'),
  });
  await until(() => existsSync(opened), { what: `the namespace of ${folder}`, everyMs: 20 });
  const target = `--target=${holder.pid}`;
  return {
    enter: command => ['nsenter', target, '--net', '--mount', ...command],
    stop: () => holder.stop(),
  };
}
