// Posts one body again and again: node --import tsx bench/https-load.ts JSON. Its parent gets the outcome as a message.
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { rounded } from './result.ts';

/** What to load, and how. */
export interface LoadOptions {
  readonly port: number;
  readonly path: string;
  readonly servername: string;
  readonly caFile: string;
  readonly bodyFile: string;
  readonly connections: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** What became of it, after the warm-up. */
export interface LoadOutcome {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers other than 200. */
  readonly failures: number;
}

async function load(options: LoadOptions): Promise<LoadOutcome> {
  const { connections, warmUpMs, measureMs } = options;
  const [ca, body] = await Promise.all([readFile(options.caFile), readFile(options.bodyFile)]);
  const { port, path, servername } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: connections, ca, servername });
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  const post = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const to = { agent, host: '127.0.0.1', port, path, method: 'POST', headers };
      request(to, response => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0));
      })
        .on('error', reject)
        .end(body);
    });
  const start = performance.now() + warmUpMs;
  const end = start + measureMs;
  const latencies: number[] = [];
  let failures = 0;
  const client = async (): Promise<void> => {
    for (let now = performance.now(); now < end; ) {
      const status = await post();
      const done = performance.now();
      if (now >= start) latencies.push(done - now);
      if (status !== 200) failures++;
      now = done;
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  agent.destroy();
  latencies.sort((a, b) => a - b);
  const quantile = (share: number): number =>
    rounded(latencies[Math.floor(latencies.length * share)] ?? Number.NaN);
  return {
    requestsPerSecond: rounded((latencies.length * 1000) / measureMs),
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    failures,
  };
}

const [options = ''] = process.argv.slice(2);
process.send?.(await load(JSON.parse(options) as LoadOptions));
