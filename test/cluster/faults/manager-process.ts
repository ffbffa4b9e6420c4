import { join } from 'node:path';
import { usageOf } from '../../../bench/process-usage.ts';
import { freePort } from '../free-port.ts';
import { type Background, startBackground } from '../process.ts';
import { until } from '../until.ts';
import { type ManagerLog, readManagerLog } from './manager-log.ts';
import { metricSum } from './metric-sum.ts';

export interface ManagerProcessOptions {
  readonly name: string;
  /** The bundled program. */
  readonly program: string;
  readonly kubeconfig: string;
  /** Its log goes there. */
  readonly folder: string;
  /** Further flags. */
  readonly flags: readonly string[];
}

/** The bundled manager as a process of its own. */
export class ManagerProcess implements AsyncDisposable {
  readonly #program: Background;
  readonly #logFile: string;
  readonly #url: string;

  private constructor(program: Background, logFile: string, url: string) {
    this.#program = program;
    this.#logFile = logFile;
    this.#url = url;
  }

  /** Starts it and returns when it is ready. */
  static async start(options: ManagerProcessOptions): Promise<ManagerProcess> {
    const address = `127.0.0.1:${await freePort()}`;
    const logFile = join(options.folder, `${options.name}.log`);
    const command = [
      process.execPath,
      options.program,
      'manager',
      `--kubeconfig=${options.kubeconfig}`,
      '--webhook-host=127.0.0.1',
      '--webhook-port=0',
      `--metrics-address=${address}`,
      ...options.flags,
    ];
    const program = startBackground({ name: options.name, command, logFile });
    const manager = new ManagerProcess(program, logFile, `http://${address}`);
    await manager.ready();
    return manager;
  }

  get isRunning(): boolean {
    return this.#program.isRunning;
  }

  /** Its exit code, or the signal that ended it. */
  get lastEnd(): number | NodeJS.Signals | undefined {
    return this.#program.lastEnd;
  }

  /** The manager before it may have kept its Lease, and the caches of thousands of nodes are to be filled. */
  async ready(timeoutMs = 120_000): Promise<void> {
    const isReady = async (): Promise<boolean> => (await fetch(`${this.#url}/readyz`)).ok;
    const what = `${this.#program.name} to be ready`;
    try {
      await until(() => this.isRunning && isReady(), { what, timeoutMs, everyMs: 20 });
    } catch (cause) {
      throw new Error(`gave up waiting for ${what}\n${await this.#program.logTail()}`, { cause });
    }
  }

  /** Whether it holds the Lease; false when it does not answer. */
  async isLeader(): Promise<boolean> {
    const metrics = await this.#metrics().catch(() => '');
    return metricSum(metrics, 'leader_election_master_status') === 1;
  }

  /** The most memory it ever held, in MB. */
  async peakRssMb(): Promise<number> {
    return (await usageOf(this.#pid)).peakRssMb;
  }

  log(): Promise<ManagerLog> {
    return readManagerLog(this.#logFile);
  }

  kill(): Promise<void> {
    return this.#program.kill();
  }

  /** Starts it again; does not wait. */
  restart(): void {
    this.#program.start();
  }

  /** Ends it in order and returns its exit code. */
  async stop(): Promise<number | NodeJS.Signals | undefined> {
    await this.#program.stop(30_000);
    return this.lastEnd;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.kill();
  }

  get #pid(): number {
    const { pid, name } = this.#program;
    if (pid === undefined) throw new Error(`${name} does not run`);
    return pid;
  }

  async #metrics(): Promise<string> {
    return (await fetch(`${this.#url}/metrics`)).text();
  }
}
