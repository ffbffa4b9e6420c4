import { type ExecFileException, execFile, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApiServer } from '../../../sim/api-server/start-api-server.ts';
import { findBinary } from '../../cluster/binaries.ts';
import { makeTempFolder } from '../../support/temp-folder.ts';

/** What a run of kubectl printed and how it ended. */
export interface KubectlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A kubectl that goes on until it is disposed. */
export interface RunningKubectl extends AsyncDisposable {
  /** What it has printed so far. */
  readonly stdout: string;
}

/** kubectl for one server, with a cache of its own. */
export interface Kubectl extends AsyncDisposable {
  /** Runs `kubectl LINE`, split at spaces, with `input` as its standard input. */
  run(line: string, input?: object): Promise<KubectlResult>;
  /** As {@link run}, but failing when kubectl fails; the result is what it printed, trimmed. */
  out(line: string, input?: object): Promise<string>;
  /** Starts `kubectl LINE` and leaves it running. */
  start(line: string): RunningKubectl;
}

const LIMIT_MS = 20_000;

/** The PATH's, or the one that CI built for the cluster tests. */
const KUBECTL = findBinary('kubectl') ?? 'kubectl';

/** True when there is a kubectl to run. */
export function hasKubectl(): Promise<boolean> {
  return new Promise(resolve => {
    execFile(KUBECTL, ['version', '--client'], error => resolve(error === null));
  });
}

/** Prepares kubectl for a server. */
export async function kubectlFor(server: ApiServer): Promise<Kubectl> {
  const folder = await makeTempFolder();
  const kubeconfig = join(folder.path, 'kubeconfig');
  await writeFile(kubeconfig, server.kubeconfig());
  const base = ['--kubeconfig', kubeconfig, '--cache-dir', join(folder.path, 'cache')];
  const run = (line: string, input?: object): Promise<KubectlResult> =>
    execute([...base, ...line.split(' ')], input);
  return {
    run,
    out: async (line, input) => {
      const { code, stdout, stderr } = await run(line, input);
      if (code !== 0) throw new Error(`kubectl ${line} ended with ${code}: ${stderr}`);
      return stdout.trim();
    },
    start: line => start([...base, ...line.split(' ')]),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

function start(args: readonly string[]): RunningKubectl {
  const child = spawn(KUBECTL, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()));
  return {
    get stdout() {
      return stdout;
    },
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await ended;
    },
  };
}

function execute(args: readonly string[], input: object | undefined): Promise<KubectlResult> {
  return new Promise(resolve => {
    const done = (error: ExecFileException | null, stdout: string, stderr: string): void =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    const child = execFile(KUBECTL, args, { timeout: LIMIT_MS }, done);
    child.stdin?.end(input === undefined ? '' : JSON.stringify(input));
  });
}
