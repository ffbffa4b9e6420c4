import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { bundle } from './bundle.ts';

/** How a `headstart` process ended. */
export interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A `headstart` process. */
export interface HeadstartProcess extends AsyncDisposable {
  readonly ended: Promise<Ending>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts `headstart` from its bundle, which starts ten times faster than its sources. It inherits nothing but PATH and HOME. */
export async function startHeadstart(...args: readonly string[]): Promise<HeadstartProcess> {
  const program = join(await bundle(), 'headstart.mjs');
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = endingOf(child);
  return {
    ended,
    kill: signal => child.kill(signal),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Runs `headstart` until it ends by itself. */
export async function headstart(...args: readonly string[]): Promise<Ending> {
  return (await startHeadstart(...args)).ended;
}

/** A port of the loopback interface that was free a moment ago, for a process that must be told one. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function endingOf(child: ChildProcess): Promise<Ending> {
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...text };
}
