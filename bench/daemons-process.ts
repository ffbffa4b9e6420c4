import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { DaemonsMessage } from './daemons.ts';

/** The process of the simulated daemons. */
export interface DaemonsProcess {
  /** Resolves when the process says `message`, which it must not have said before the call. */
  next(message: DaemonsMessage): Promise<void>;
  stop(): Promise<void>;
}

/** Starts bench/daemons.ts and returns when its watch is open. */
export async function startDaemons(kubeconfig: string, pullMs: number): Promise<DaemonsProcess> {
  const child = fork(join(import.meta.dirname, 'daemons.ts'), [kubeconfig, String(pullMs)], {
    execArgv: ['--import', 'tsx'],
  });
  const ended = once(child, 'exit');
  const next = (message: DaemonsMessage): Promise<void> =>
    new Promise((resolve, reject) => {
      const onMessage = (said: unknown): void => {
        if (said !== message) return;
        child.off('message', onMessage);
        resolve();
      };
      child.on('message', onMessage);
      child.once('exit', () => reject(new Error(`the daemons ended before: ${message}`)));
    });
  await next('ready');
  return {
    next,
    async stop() {
      child.kill();
      await ended;
    },
  };
}
