import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

let built: Promise<string> | undefined;

/** The folder of a bundle of the present sources; built once for all suites, removed when the tests end. */
export function bundle(): Promise<string> {
  built ??= build();
  return built;
}

async function build(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'headstart-bundle-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const cwd = new URL('../../', import.meta.url);
  await promisify(execFile)(process.execPath, ['scripts/build.mjs', folder], { cwd });
  return folder;
}
