import { type ChildProcess, spawn } from 'node:child_process';
import { onAbort } from '../../runtime/abort.ts';
import type { Clock } from '../../runtime/clock.ts';
import { codeOf } from './small-file.ts';

/** A program to run once. */
export interface PluginProcess {
  readonly path: string;
  readonly args: readonly string[];
  /** All of its environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: string;
}

/** How it ended. Problems quote nothing that it wrote. */
export type PluginProcessResult =
  | { readonly kind: 'answered'; readonly stdout: string }
  | { readonly kind: 'failed'; readonly problem: string }
  | { readonly kind: 'timeout'; readonly problem: string };

/** Kubelet's. */
export const PLUGIN_TIMEOUT_MS = 60_000;
/** Answers have some kilobytes: a token or two. */
const MAX_STDOUT_BYTES = 1024 * 1024;

/**
 * Runs a plugin in a process group of its own, of which nothing is left afterwards: what has not ended within a minute, or when `signal` aborts, is
 * killed with all its children. Never rejects. What it writes to stderr may be anything, so only its length is told.
 */
export async function runPluginProcess(
  process: PluginProcess,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<PluginProcessResult> {
  if (signal.aborted) return failed('was stopped');
  const run = startRun(process);
  if (run === undefined) return failed('cannot be run: its arguments are too long');
  const cancelTimeout = clock.after(PLUGIN_TIMEOUT_MS, () =>
    run.end({ kind: 'timeout', problem: `did not end within ${PLUGIN_TIMEOUT_MS / 1000} s` }),
  );
  const unlink = onAbort(signal, () => run.end(failed('was stopped')));
  try {
    return await run.result;
  } finally {
    cancelTimeout();
    unlink();
  }
}

function startRun(process: PluginProcess): Run | undefined {
  try {
    return new Run(process);
  } catch {
    // spawn throws what it does not tell by an event, such as E2BIG.
    return undefined;
  }
}

class Run {
  readonly result: Promise<PluginProcessResult>;
  readonly #child: ChildProcess;
  #settle = (_result: PluginProcessResult): void => {};
  readonly #stdout: Buffer[] = [];
  #stdoutBytes = 0;
  #stderrBytes = 0;
  #exited = false;

  constructor({ path, args, env, stdin }: PluginProcess) {
    this.result = new Promise(resolve => {
      this.#settle = resolve;
    });
    this.#child = spawn(path, args, { env, stdio: 'pipe', detached: true, cwd: '/' });
    this.#listen(this.#child);
    this.#child.stdin?.end(stdin);
  }

  /** Ends it now. Later endings change nothing. */
  end(result: PluginProcessResult): void {
    if (!this.#exited) this.#killGroup();
    for (const stream of this.#child.stdio) stream?.destroy();
    this.#settle(result);
  }

  #listen(child: ChildProcess): void {
    child.on('error', error => this.end(failed(`cannot be run: ${codeOf(error)}`)));
    child.on('exit', () => {
      // Children that outlive it would hold its stdout open.
      this.#killGroup();
      this.#exited = true;
    });
    child.on('close', (code, signal) => this.end(this.#resultOf(code, signal)));
    child.stdout?.on('data', (chunk: Buffer) => this.#read(chunk));
    child.stderr?.on('data', (chunk: Buffer) => void (this.#stderrBytes += chunk.length));
    for (const stream of child.stdio) stream?.on('error', ignore);
  }

  #read(chunk: Buffer): void {
    this.#stdoutBytes += chunk.length;
    if (this.#stdoutBytes > MAX_STDOUT_BYTES) this.end(failed('wrote more than 1 MiB'));
    else this.#stdout.push(chunk);
  }

  #resultOf(code: number | null, signal: NodeJS.Signals | null): PluginProcessResult {
    if (code === 0) return { kind: 'answered', stdout: Buffer.concat(this.#stdout).toString() };
    const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
    return failed(`${how} (${this.#stderrBytes} bytes on stderr)`);
  }

  #killGroup(): void {
    const { pid } = this.#child;
    if (pid === undefined) return; // it never ran
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Nobody of the group is left.
    }
  }
}

function failed(problem: string): PluginProcessResult {
  return { kind: 'failed', problem };
}

/** A plugin that reads nothing closes its stdin early; how it ends says all. */
function ignore(): void {}
