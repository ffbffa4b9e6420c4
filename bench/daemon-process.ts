import { join } from 'node:path';
import { DAEMON_NAMESPACE, DAEMON_SERVICE_ACCOUNT } from '../api/names.ts';
import { DAEMON_MEMORY_ENV } from '../manifests/daemon.ts';
import { bundle } from '../test/cli/bundle.ts';
import type { DaemonMachine } from '../test/cluster/daemon-machine.ts';
import { freePort } from '../test/cluster/free-port.ts';
import { Background } from '../test/cluster/process.ts';
import { until } from '../test/cluster/until.ts';
import { podEnvironment } from './pod-environment.ts';

/** The bundled daemon as its pod runs it: with the token of its ServiceAccount, and no kubeconfig, which costs memory. */
export interface DaemonProcess {
  /** Starts it, also again. */
  start(): void;
  stop(): Promise<void>;
  /** Resolves when it says so. */
  ready(): Promise<void>;
  /** Asks for its health as kubelet does. */
  probe(): Promise<void>;
  readonly pid: number;
}

/** Makes one of the node `name`; it ends with `machine`. */
export async function createDaemonProcess(
  name: string,
  socketPath: string,
  { controlPlane, cleanup }: DaemonMachine,
): Promise<DaemonProcess> {
  const metrics = `127.0.0.1:${await freePort()}`;
  const account = { namespace: DAEMON_NAMESPACE, serviceAccount: DAEMON_SERVICE_ACCOUNT };
  const daemon = new Background({
    name: 'daemon',
    logFile: join(controlPlane.folder, 'bench-daemon.log'),
    env: {
      ...(await podEnvironment(controlPlane, account)),
      ...DAEMON_MEMORY_ENV,
    },
    command: [
      process.execPath,
      join(await bundle(), 'headstart.mjs'),
      'daemon',
      `--node-name=${name}`,
      `--runtime-endpoint=${socketPath}`,
      `--metrics-address=${metrics}`,
    ],
  });
  cleanup.defer('daemon', () => daemon.stop());
  const isWell = async (path: string): Promise<boolean> =>
    (await fetch(`http://${metrics}${path}`)).ok;
  return {
    start: () => daemon.start(),
    stop: () => daemon.stop(),
    async ready() {
      await until(() => daemon.isRunning && isWell('/readyz'), { what: 'the daemon to be ready' });
    },
    async probe() {
      for (const path of ['/healthz', '/readyz']) {
        if (!(await isWell(path))) throw new Error(`the daemon is not well: ${path}`);
      }
    },
    get pid() {
      if (daemon.pid === undefined) throw new Error('the daemon ended');
      return daemon.pid;
    },
  };
}
