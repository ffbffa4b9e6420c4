import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MANAGER_SERVICE_ACCOUNT, SYSTEM_NAMESPACE } from '../api/names.ts';
import { MANAGER_MEMORY_ENV } from '../manifests/manager.ts';
import type { CleanupStack } from '../test/cluster/cleanup-stack.ts';
import type { ControlPlane } from '../test/cluster/control-plane.ts';
import { freePort } from '../test/cluster/free-port.ts';
import { mustRun, startBackground } from '../test/cluster/process.ts';
import { until } from '../test/cluster/until.ts';
import { podEnvironment } from './pod-environment.ts';

/** The old space that Node gives itself in a pod with the memory limit of the shipped Deployment, 1 GiB. A large machine would make it wasteful. */
const HEAP_OF_POD = ['--max-old-space-size=512'];

const CHECKOUT = join(import.meta.dirname, '..');

/** Builds the bundle and starts its manager as its pod does: with the token of its ServiceAccount, as leader. Returns its pid. */
export async function startManager(
  controlPlane: ControlPlane,
  { webhookPort }: { readonly webhookPort: number },
  cleanup: CleanupStack,
): Promise<number> {
  const { folder } = controlPlane;
  const dist = join(folder, 'dist');
  await mustRun([process.execPath, join(CHECKOUT, 'scripts', 'build.mjs'), dist]);
  cleanup.defer('bundle', () => rm(dist, { recursive: true, force: true }));
  const metrics = `127.0.0.1:${await freePort()}`;
  const manager = startBackground({
    name: 'manager',
    logFile: join(folder, 'manager.log'),
    env: {
      ...MANAGER_MEMORY_ENV,
      ...(await podEnvironment(controlPlane, {
        namespace: SYSTEM_NAMESPACE,
        serviceAccount: MANAGER_SERVICE_ACCOUNT,
      })),
    },
    command: [
      process.execPath,
      ...HEAP_OF_POD,
      join(dist, 'headstart.mjs'),
      'manager',
      '--leader-elect',
      '--webhook-host=127.0.0.1',
      `--webhook-port=${webhookPort}`,
      `--metrics-address=${metrics}`,
      '--log-level=warn',
    ],
  });
  cleanup.defer('manager', () => manager.stop());
  try {
    await until(() => manager.isRunning && isReady(`http://${metrics}/readyz`), {
      what: 'the manager to be ready',
    });
  } catch (cause) {
    throw new Error(`the manager did not start\n${await manager.logTail()}`, { cause });
  }
  if (manager.pid === undefined) throw new Error('the manager ended');
  return manager.pid;
}

const isReady = async (url: string): Promise<boolean> => (await fetch(url)).ok;
