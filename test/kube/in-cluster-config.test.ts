import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadInClusterAccess, readPodNamespace } from '../../kube/in-cluster-config.ts';
import { hasCode } from '../../runtime/errors.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** A service account as kubelet mounts it. */
async function mountServiceAccount() {
  const directory = await mkdtemp(join(tmpdir(), 'headstart-account-'));
  const write = (name: string, text: string) => writeFile(join(directory, name), text);
  await write('ca.crt', 'CA');
  await write('token', 'first\n');
  await write('namespace', 'headstart-system');
  return {
    directory,
    write,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}

describe('loadInClusterAccess', () => {
  it('reads CA and token', async () => {
    await using account = await mountServiceAccount();
    const options = { host: '10.0.0.1', port: 443, directory: account.directory };
    const access = await loadInClusterAccess(options, { clock: new FakeClock() });
    assert.equal(access.server.href, 'https://10.0.0.1/');
    assert.deepEqual(await access.credentials(), {
      tls: { ca: 'CA' },
      headers: { Authorization: 'Bearer first' },
    });
  });

  it('puts an IPv6 address into brackets', async () => {
    await using account = await mountServiceAccount();
    const options = { host: 'fd00::1', port: '6443', directory: account.directory };
    const access = await loadInClusterAccess(options, { clock: new FakeClock() });
    assert.equal(access.server.host, '[fd00::1]:6443');
  });

  it('follows a token that is renewed', async () => {
    await using account = await mountServiceAccount();
    const clock = new FakeClock();
    const options = { host: '10.0.0.1', port: 443, directory: account.directory };
    const access = await loadInClusterAccess(options, { clock });
    await account.write('token', 'second');
    await clock.advance(60_000);
    const { headers } = await access.credentials();
    assert.deepEqual(headers, { Authorization: 'Bearer second' });
  });

  it('says what is missing outside a cluster', async () => {
    const options = { host: '10.0.0.1', port: 443, directory: '/nonexistent' };
    await assert.rejects(
      loadInClusterAccess(options, { clock: new FakeClock() }),
      (error: Error) =>
        hasCode(error, 'KUBECONFIG_UNREADABLE') &&
        /\/nonexistent\/.*outside a cluster give a kubeconfig/.test(error.message),
    );
  });
});

describe('readPodNamespace', () => {
  it('reads the namespace of the pod', async () => {
    await using account = await mountServiceAccount();
    assert.equal(await readPodNamespace(account.directory), 'headstart-system');
  });
});
