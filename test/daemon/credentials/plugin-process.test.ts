import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PLUGIN_TIMEOUT_MS, runPluginProcess } from '../../../daemon/credentials/plugin-process.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { makeTempFolder, type TempFolder } from '../../support/temp-folder.ts';
import { eventually } from '../eventually.ts';
import { isAlive } from './process-state.ts';

describe('runPluginProcess', () => {
  let folder: TempFolder;
  const clock = new FakeClock();
  beforeEach(async () => {
    folder = await makeTempFolder();
  });
  afterEach(() => folder[Symbol.asyncDispose]());

  const run = async (script: string, signal = new AbortController().signal) => {
    const path = join(folder.path, 'plugin');
    await writeFile(path, `#!/bin/sh\ncd ${folder.path}\n${script}\n`, { mode: 0o755 });
    const env = { PATH: process.env['PATH'] };
    return runPluginProcess({ path, args: [], env, stdin: 'question' }, { clock, signal });
  };
  const pids = async (): Promise<string[]> =>
    (await readFile(join(folder.path, 'pids'), 'utf8')).trim().split('\n');
  const started = (count: number) =>
    eventually('the processes', () => {
      const file = join(folder.path, 'pids');
      return existsSync(file) && readFileSync(file, 'utf8').split('\n').length > count;
    });

  it('gives the question and takes the answer', async () => {
    assert.deepEqual(await run('printf "answer to "; cat'), {
      kind: 'answered',
      stdout: 'answer to question',
    });
  });

  it('does not mind a plugin that reads no question', async () => {
    assert.deepEqual(await run('exec <&-; echo ok'), { kind: 'answered', stdout: 'ok\n' });
  });

  const family = 'sleep 1000 & echo $! >> pids; echo $$ >> pids; wait';

  it('kills a slow plugin with its children', async () => {
    const result = run(family);
    await started(2);
    await clock.advance(PLUGIN_TIMEOUT_MS);
    assert.deepEqual(await result, { kind: 'timeout', problem: 'did not end within 60 s' });
    for (const pid of await pids()) await eventually('its end', () => !isAlive(pid));
  });

  it('kills it when the daemon ends', async () => {
    const abort = new AbortController();
    const result = run(family, abort.signal);
    await started(2);
    abort.abort();
    assert.deepEqual(await result, { kind: 'failed', problem: 'was stopped' });
    for (const pid of await pids()) await eventually('its end', () => !isAlive(pid));
  });

  it('starts nothing once the daemon has ended', async () => {
    const result = await run('echo > started', AbortSignal.abort());
    assert.deepEqual(result, { kind: 'failed', problem: 'was stopped' });
    assert.ok(!existsSync(join(folder.path, 'started')));
  });

  it('does not wait for children that a plugin leaves behind, and ends them', async () => {
    const result = await run('sleep 1000 & echo $! >> pids; echo answer');
    assert.deepEqual(result, { kind: 'answered', stdout: 'answer\n' });
    for (const pid of await pids()) await eventually('its end', () => !isAlive(pid));
  });

  it('waits no longer than its time for a child that left its group', async () => {
    const result = run(
      'setsid sh -c "echo \\$\\$ >> pids; sleep 1000" & until [ -s pids ]; do :; done; echo answer',
    );
    await started(1);
    await clock.advance(PLUGIN_TIMEOUT_MS);
    const { kind } = await result;
    for (const pid of await pids()) process.kill(Number(pid), 'SIGKILL');
    assert.equal(kind, 'timeout');
  });

  it('tells a signal', async () => {
    const problem = 'was ended by SIGTERM (0 bytes on stderr)';
    assert.deepEqual(await run('kill -TERM $$'), { kind: 'failed', problem });
  });

  it('survives a program that cannot be run', async () => {
    const program = { path: join(folder.path, 'nothing'), args: [], env: {}, stdin: '' };
    const result = await runPluginProcess(program, { clock, signal: new AbortController().signal });
    assert.deepEqual(result, { kind: 'failed', problem: 'cannot be run: ENOENT' });
  });

  it('survives arguments that no process can take', async () => {
    const program = { path: '/bin/true', args: ['x'.repeat(4 << 20)], env: {}, stdin: '' };
    const { kind } = await runPluginProcess(program, {
      clock,
      signal: new AbortController().signal,
    });
    assert.equal(kind, 'failed');
  });

  it('leaves no timer behind', async () => {
    await run('echo ok');
    assert.equal(clock.pending, 0);
  });
});
