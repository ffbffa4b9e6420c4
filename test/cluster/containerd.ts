import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { binary } from './binaries.ts';
import { registryHosts } from './node-config.ts';
import { startBackground } from './process.ts';
import { until } from './until.ts';

/** A containerd of its own for image calls: it shares nothing with the machine's and can run no pods. */
export interface Containerd {
  /** Path of its CRI socket. */
  readonly socketPath: string;
  /** Ends it; its images stay. */
  stop(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Sends a signal, for tests that freeze it. */
  signal(signal: NodeJS.Signals): void;
  /** Starts it again after stop(). */
  start(): Promise<void>;
}

export interface ContainerdOptions {
  /** `address:port` of a registry that stands in for docker.io; absent: there is none. */
  readonly dockerHub?: string;
}

/** Starts containerd with its state in `folder`, whose path must be short: unix sockets allow 107 bytes. Needs root. */
export async function startContainerd(
  folder: string,
  { dockerHub }: ContainerdOptions = {},
): Promise<Containerd> {
  await mkdir(folder, { recursive: true });
  const socketPath = join(folder, 'containerd.sock');
  const configFile = join(folder, 'config.toml');
  await writeFile(configFile, configOf(folder, socketPath));
  const hub = join(folder, 'certs.d', 'docker.io');
  await mkdir(hub, { recursive: true });
  if (dockerHub !== undefined) await writeFile(join(hub, 'hosts.toml'), registryHosts(dockerHub));
  const command = [binary('containerd'), '--config', configFile, '--log-level', 'warn'];
  const logFile = join(folder, 'containerd.log');
  const program = startBackground({ name: 'containerd', command, logFile });
  const ready = (): Promise<boolean> =>
    until(() => program.isRunning && existsSync(socketPath), { what: socketPath });
  await ready();
  return {
    socketPath,
    stop: () => program.stop(),
    kill: () => program.kill(),
    signal: signal => program.signal(signal),
    async start() {
      program.start();
      await ready();
    },
  };
}

/** The native snapshotter makes plain folders: nothing is mounted that a removal would meet. */
function configOf(folder: string, socketPath: string): string {
  return `version = 2
root = "${folder}/root"
state = "${folder}/state"
[grpc]
  address = "${socketPath}"
[plugins."io.containerd.internal.v1.opt"]
  path = "${folder}/opt"
[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = "native"
[plugins."io.containerd.grpc.v1.cri".registry]
  config_path = "${folder}/certs.d"
`;
}
