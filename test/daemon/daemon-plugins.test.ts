import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import {
  answer,
  createPluginWorld,
  type PluginWorld,
  provider,
} from './credentials/plugin-world.ts';
import { isAlive } from './credentials/process-state.ts';
import { type DaemonWorld, startDaemonWorld } from './daemon-world.ts';
import { eventually } from './eventually.ts';
import { tagSpec } from './node-images.ts';

describe('daemon and credential plugins', () => {
  let world: DaemonWorld;
  let plugins: PluginWorld;
  beforeEach(async () => {
    [world, plugins] = await Promise.all([startDaemonWorld(), createPluginWorld()]);
    world.push('reg.test/app:1');
    world.registry.protect('reg.test/app', { robot: 'pw' });
    await world.want({ 'reg.test/app': { tags: [tagSpec('1')] } });
    await plugins.configure([provider('p')]);
  });
  afterEach(async () => {
    await world[Symbol.asyncDispose]();
    await plugins[Symbol.asyncDispose]();
  });

  const start = () => {
    const { configPath, binDir } = plugins;
    return world.startDaemon({ nodeCredentials: { plugins: { configPath, binDir } } });
  };

  it('pulls with what a plugin answers', async () => {
    await plugins.answering('p', answer('robot'));
    start();
    assert.equal((await world.result('reg.test/app', '1')).phase, 'Succeeded');
  });

  it('asks again for fresh credentials when the registry refuses those that were kept', async () => {
    await plugins.answering('p', answer('nobody'));
    start();
    await world.until('the refusal', () => world.cri.runtime.counters.pulls === 1);
    await plugins.answering('p', answer('robot'));
    assert.equal((await world.result('reg.test/app', '1')).phase, 'Succeeded');
  });

  it('says what is missing when the registry refuses to serve without', async () => {
    await plugins.answering('p', answer('robot', { auth: null }));
    start();
    const { reason, message } = await world.result('reg.test/app', '1');
    assert.equal(reason, 'Unauthorized');
    assert.match(
      message ?? '',
      /^no credential for registry reg.test: no pull secret is named, credential plugin p answered nothing; /,
    );
  });

  it('names a plugin that fails, not what it writes', async () => {
    await plugins.program('p', 'echo hunter2 >&2; exit 1');
    start();
    const { message } = await world.result('reg.test/app', '1');
    assert.match(
      message ?? '',
      /^credential plugin p ended with exit code 1 \(8 bytes on stderr\); /,
    );
    assert.doesNotMatch(JSON.stringify([world.log.lines, world.events, message]), /hunter2/);
  });

  it('says that credentials did not come while a plugin hangs', async () => {
    await plugins.program('p', 'exec sleep 1000');
    const pullPolicy = { timeoutSeconds: 5, backoffLimit: 0 };
    await world.want({ 'reg.test/app': { tags: [tagSpec('1', { pullPolicy })] } });
    start();
    const { reason, message } = await world.result('reg.test/app', '1');
    assert.equal(reason, 'Timeout');
    assert.match(message ?? '', /^credentials did not come in time; pulling .* longer than 5 s/);
  });

  it('kills a plugin that runs when it stops', async () => {
    const file = plugins.path('pid');
    await plugins.program('p', `echo $$ > ${file}; exec sleep 1000`);
    start();
    const pid = await eventually('the run', () => existsSync(file) && readFileSync(file, 'utf8'));
    await world.stopDaemon();
    await eventually('its end', () => !isAlive(pid));
    assert.equal(world.tag('reg.test/app', '1')?.completionTime, undefined);
  });
});
