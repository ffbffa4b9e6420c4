import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DAEMON_SECRETS_NAMESPACE } from '../../api/names.ts';
import { SECRETS } from '../../api/resources.ts';
import { configJson } from '../daemon/credentials/secret-objects.ts';
import { tagSpec } from '../daemon/node-images.ts';
import { type DaemonMachine, startDaemonMachine } from './daemon-machine.ts';
import type { DaemonNode } from './daemon-node.ts';
import { until } from './until.ts';

let machine: DaemonMachine;
let node: DaemonNode;
/** Where the plugins and their configuration are. */
let folder: string;
before(async () => {
  machine = await startDaemonMachine();
  folder = join(machine.folder, 'plugins');
  await mkdir(folder);
  await configure('vault');
  node = await machine.addNode('node-1', undefined, [
    `--credential-provider-config=${join(folder, 'config.yaml')}`,
    `--credential-provider-bin-dir=${folder}`,
  ]);
  node.daemon.start();
});
after(() => machine?.[Symbol.asyncDispose]());
afterEach(async function () {
  if (this.currentTest?.state === 'failed') console.log(await node.daemon.logTail());
});

/** Names the plugins to run, as a mount of a ConfigMap changes: by renaming. */
async function configure(...names: readonly string[]): Promise<void> {
  const providers = names.map(name => ({
    name,
    apiVersion: 'credentialprovider.kubelet.k8s.io/v1',
    matchImages: [machine.lockedRegistry.host],
    defaultCacheDuration: '1h',
  }));
  const kind = { kind: 'CredentialProviderConfig', apiVersion: 'kubelet.config.k8s.io/v1' };
  await writeFile(join(folder, 'next'), JSON.stringify({ ...kind, providers }));
  await rename(join(folder, 'next'), join(folder, 'config.yaml'));
}

/** Writes a plugin that answers with a user and a password, and counts its runs. */
async function writePlugin(
  name: string,
  { username, password }: { readonly username: string; readonly password: string },
): Promise<void> {
  const answer = {
    kind: 'CredentialProviderResponse',
    apiVersion: 'credentialprovider.kubelet.k8s.io/v1',
    cacheKeyType: 'Registry',
    auth: { [machine.lockedRegistry.host]: { username, password } },
  };
  const lines = [
    '#!/bin/sh',
    `echo >> ${join(folder, `${name}.runs`)}`,
    `echo '${JSON.stringify(answer)}'`,
  ];
  await writeFile(join(folder, name), `${lines.join('\n')}\n`);
  await chmod(join(folder, name), 0o755);
}

const runsOf = async (name: string): Promise<number> =>
  (await readFile(join(folder, `${name}.runs`), 'utf8')).length;

const result = (name: string) =>
  until(
    async () => {
      const status = await node.status(name, '1');
      return status?.completionTime !== undefined && status;
    },
    { what: `a result of ${name}` },
  );

/** Pushes images to the registry that asks for a password; returns their names. */
function push(...names: readonly string[]): Promise<string[]> {
  const { host } = machine.lockedRegistry;
  const one = async (name: string): Promise<string> => {
    await machine.lockedRegistry.push(`${name}:1`);
    return `${host}/${name}`;
  };
  return Promise.all(names.map(one));
}

const wanting = (names: readonly string[]) =>
  Object.fromEntries(names.map(name => [name, [tagSpec('1')]]));

describe('credential plugins on containerd', () => {
  it('let the daemon pull what only they know the password of, with one run for all', async () => {
    await writePlugin('vault', machine.lockedRegistry.credentials);
    const names = await push('team/a', 'team/b', 'team/c', 'team/d');
    await node.want(wanting(names));
    for (const name of names) {
      const { phase, message } = await result(name);
      assert.equal(phase, 'Succeeded', message);
    }
    assert.equal(await runsOf('vault'), 1);
  });

  it('come after pull secrets', async () => {
    const { host, door } = machine.lockedRegistry;
    const namespace = DAEMON_SECRETS_NAMESPACE;
    const metadata = { name: 'stale', namespace };
    const auths = { [host]: { username: 'stale', password: 'x' } };
    await machine.client.create(SECRETS, { metadata, ...configJson(auths) });
    const [name = ''] = await push('team/e');
    const before = door.seen.length;
    await node.want(wanting([name]), { pullSecrets: [{ namespace, name: 'stale' }] });
    assert.equal((await result(name)).phase, 'Succeeded');
    const users = door.seen.slice(before).map(({ username }) => username);
    assert.ok(users.includes('stale'));
    assert.ok(users.indexOf('stale') < users.indexOf('robot'));
  });

  it('may change while the daemon runs; one that is wrong is named, and tells no password', async () => {
    await writePlugin('wrong', { username: 'mallory', password: 'hunter2' });
    await configure('wrong', 'missing');
    const [name = ''] = await push('team/f');
    await node.want(wanting([name]));
    const { reason, message = '' } = await result(name);
    assert.equal(reason, 'Unauthorized');
    assert.match(message, /^credential plugin missing has no program /);
    assert.doesNotMatch(message + (await node.daemon.logTail()), /hunter2/);
  });
});
