import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

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
  readonly env?: Readonly<Record<string, string>>;
}

/** The command that runs `command` inside a network namespace. */
export function inNamespace(namespace: string | undefined, command: readonly string[]): string[] {
  // Not `ip netns exec`: it remounts /sys, which hides the cgroups from kubelet and containerd.
  return namespace === undefined
    ? [...command]
    : ['nsenter', `--net=/run/netns/${namespace}`, ...command];
}

/** A server program that runs until it is stopped, and ends with this process however this process ends. */
export class Background {
  readonly name: string;
  readonly #options: BackgroundOptions;
  #child: ChildProcess | undefined;
  #lastEnd: number | NodeJS.Signals | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: BackgroundOptions) {
    this.name = options.name;
    this.#options = options;
  }

  /** Starts it, also again after it was stopped. */
  start(): void {
    const { command, logFile, env } = this.#options;
    // setpriv and nsenter exec the program: the pid is the program's, and the death signal stays with it.
    const log = openSync(logFile, 'a');
    const child = spawn('setpriv', ['--pdeathsig', 'TERM', ...command], {
      // Its own process group: Ctrl-C is for the test run, which stops its programs in order.
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...process.env, ...env },
    });
    closeSync(log);
    this.#child = child;
    this.#ended = new Promise(resolve => {
      const onEnd = (): void => {
        this.#child = undefined;
        resolve();
      };
      child.on('error', onEnd).on('exit', (code, signal) => {
        this.#lastEnd = code ?? signal ?? undefined;
        onEnd();
      });
    });
  }

  get isRunning(): boolean {
    return this.#child !== undefined;
  }

  /** Of the running program. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** How it ended last: its exit code, or the signal that ended it. */
  get lastEnd(): number | NodeJS.Signals | undefined {
    return this.#lastEnd;
  }

  /** Sends a signal, for tests that freeze or kill it. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Asks it to end, insists after `graceMs`, and returns when it is gone. */
  async stop(graceMs = 5_000): Promise<void> {
    this.signal('SIGTERM');
    const insist = setTimeout(() => this.signal('SIGKILL'), graceMs);
    await this.#ended;
    clearTimeout(insist);
  }

  /** Ends it without a word, as a crash does, and returns when it is gone. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.#ended;
  }

  /** The end of its log, for messages about a failure. */
  async logTail(): Promise<string> {
    const text = await readFile(this.#options.logFile, 'utf8').catch(() => '');
    return text.split('\n').slice(-25).join('\n');
  }
}

/** Starts a server program. */
export function startBackground(options: BackgroundOptions): Background {
  const program = new Background(options);
  program.start();
  return program;
}
