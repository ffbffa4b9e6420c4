import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { sleep } from './until.ts';

/** How a command ended. A command killed by a signal has code -1. */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

export interface RunOptions {
  /** Written to standard input, which is empty otherwise. */
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** Runs a command to its end. Only a command that cannot be started rejects. */
export function run(
  command: readonly string[],
  { input, env, timeoutMs = 120_000 }: RunOptions = {},
): Promise<CommandResult> {
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...env },
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', code => resolve({ stdout, stderr, code: code ?? -1 }));
    // A command may end without reading its input.
    child.stdin.on('error', () => {}).end(input);
  });
}

/** Runs a command that has to succeed and returns what it printed. */
export async function mustRun(command: readonly string[], options?: RunOptions): Promise<string> {
  const { stdout, stderr, code } = await run(command, options);
  if (code !== 0) throw new Error(`exit code ${code} of ${command.join(' ')}\n${stderr}`);
  return stdout;
}

export interface BackgroundOptions {
  readonly name: string;
  readonly command: readonly string[];
  /** Both outputs go there. */
  readonly logFile: string;
  /** Network namespace to run in. */
  readonly namespace?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A server program that was started and runs until it is stopped. */
export interface Background {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  isRunning(): boolean;
  signal(signal: NodeJS.Signals): void;
  /** Asks it to end, insists after `graceMs`, and returns when it is gone. */
  stop(graceMs?: number): Promise<void>;
  /** The end of its log, for messages about a failure. */
  logTail(): Promise<string>;
}

/** The command that runs `command` inside a network namespace. */
export function inNamespace(namespace: string | undefined, command: readonly string[]): string[] {
  // Not `ip netns exec`: it remounts /sys, which hides the cgroups from kubelet and containerd.
  return namespace === undefined
    ? [...command]
    : ['nsenter', `--net=/run/netns/${namespace}`, ...command];
}

/** Starts a server program. It ends with this process, however this process ends. */
export function startBackground(options: BackgroundOptions): Background {
  const { name, logFile } = options;
  // setpriv and nsenter exec the program, so the child's pid is the program's and the death signal stays with it.
  const command = [
    'setpriv',
    '--pdeathsig',
    'TERM',
    ...inNamespace(options.namespace, options.command),
  ];
  const log = openSync(logFile, 'a');
  const child = spawn(command[0] ?? '', command.slice(1), {
    // Its own process group: Ctrl-C is for the test run, which stops its programs in order.
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...options.env },
  });
  closeSync(log);
  let running = child.pid !== undefined;
  const ended = new Promise<void>(resolve => {
    const onEnd = (): void => {
      running = false;
      resolve();
    };
    child.on('exit', onEnd).on('error', onEnd);
  });
  child.unref();
  return {
    name,
    logFile,
    pid: child.pid ?? -1,
    isRunning: () => running,
    signal: signal => void child.kill(signal),
    async stop(graceMs = 5_000) {
      if (!running) return;
      child.kill('SIGTERM');
      await Promise.race([ended, sleep(graceMs)]);
      if (running) child.kill('SIGKILL');
      await ended;
    },
    async logTail() {
      const text = await readFile(logFile, 'utf8').catch(() => '');
      return text.split('\n').slice(-25).join('\n');
    },
  };
}
