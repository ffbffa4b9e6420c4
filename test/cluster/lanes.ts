// npm run test:cluster: every suite in a mocha of its own, as many side by side as the machine has cores. With arguments, one mocha gets them.
// Not mocha --parallel: an interrupt ends its workers at once, and their clusters stay.
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import { headstartLayouts, LAYOUTS_VARIABLE } from './headstart-layouts.ts';

/** A suite with four nodes takes 2 GB, and 32 of the 128 inotify instances that Linux gives a user. */
const LANES_AT_MOST = 3;
/** In this order, so that no lane is left with a long one at the end; all others follow. */
const LONGEST_FIRST = ['faults', 'rollout', 'installed', 'bench', 'bench-daemon', 'daemon'];
/** Last, one after the other: certificates that live for seconds, webhooks that have two seconds for an answer, a run that is timed. */
const ALONE = ['webhook-replicas', 'simulate'];

const MOCHA = ['node_modules/mocha/bin/_mocha', '--config', 'test/cluster/.mocharc.json'];
const FILES = readdirSync(import.meta.dirname).filter(name => name.endsWith('.cluster.ts'));
const running = new Set<ChildProcess>();
const failed: string[] = [];
let interrupted = false;

// The clusters of a suite go down with it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    interrupted = true;
    for (const child of running) child.kill('SIGTERM');
  });
}

const args = process.argv.slice(2);
if (args.length > 0) await withArguments();
else await inLanes();

async function withArguments(): Promise<void> {
  const files = args.some(arg => arg.endsWith('.ts')) ? [] : FILES.map(pathOf);
  process.exitCode = await end(mocha([...args, ...files], 'inherit'));
}

async function inLanes(): Promise<void> {
  const longest = LONGEST_FIRST.map(fileOf);
  const alone = ALONE.map(fileOf);
  const others = FILES.filter(file => !longest.includes(file) && !alone.includes(file));
  const sideBySide = [...longest, ...others];
  // Where they cannot be built, each suite that needs them says why.
  const layouts = await headstartLayouts().catch(() => undefined);
  if (layouts !== undefined) process.env[LAYOUTS_VARIABLE] = JSON.stringify(layouts);
  const lanes = Math.min(availableParallelism(), LANES_AT_MOST);
  await Promise.all(Array.from({ length: lanes }, () => lane(sideBySide)));
  await lane(alone);
  if (failed.length > 0) console.log(`\nfailed suites: ${failed.join(', ')}`);
  process.exitCode = interrupted ? 130 : Math.min(failed.length, 1);
}

async function lane(waiting: string[]): Promise<void> {
  for (let file = waiting.shift(); file && !interrupted; file = waiting.shift()) await suite(file);
}

/** Shows what a suite printed when it has ended: the lines of lanes are not mixed. */
async function suite(file: string): Promise<void> {
  console.log(`--- ${file} has begun`);
  const startMs = performance.now();
  const child = mocha([pathOf(file)], 'pipe');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const code = await end(child);
  if (code !== 0) failed.push(file);
  const seconds = Math.round((performance.now() - startMs) / 1000);
  console.log(`\n--- ${file}: exit code ${code} after ${seconds} s\n\n  ${output.trim()}\n`);
}

function mocha(more: readonly string[], stdio: 'inherit' | 'pipe'): ChildProcess {
  const command = ['--import', 'tsx', ...MOCHA, ...more];
  const child = spawn(process.execPath, command, { stdio: ['ignore', stdio, stdio] });
  running.add(child);
  return child;
}

/** The exit code; 1 for what a signal ended. */
function end(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', code => {
      running.delete(child);
      resolve(code ?? 1);
    });
  });
}

function fileOf(name: string): string {
  const file = `${name}.cluster.ts`;
  if (!FILES.includes(file)) throw new Error(`there is no suite ${file}`);
  return file;
}

function pathOf(file: string): string {
  return relative('.', `${import.meta.dirname}/${file}`);
}
