import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { KubeCredentials } from '../../kube/kube-access.ts';
import { loadKubeConfigAccess } from '../../kube/kube-config.ts';
import { describeError, hasCode } from '../../runtime/errors.ts';
import { FakeClock } from '../support/fake-clock.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A kubeconfig with one context, `main`. */
const config = (user: object, cluster: object = {}, context = 'main') => ({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': context,
  contexts: [{ name: 'main', context: { cluster: 'c', user: 'u' } }],
  clusters: [
    {
      name: 'c',
      cluster: {
        server: 'https://example.test:6443',
        'certificate-authority-data': base64('CA'),
        ...cluster,
      },
    },
  ],
  users: [{ name: 'u', user }],
});

describe('loadKubeConfigAccess', () => {
  let folder: string;
  before(async function () {
    // Loading client-node takes a second or two.
    this.timeout(20_000);
    await import('@kubernetes/client-node');
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headstart-kubeconfig-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const write = async (name: string, content: unknown): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };
  const load = (path: string, context?: string) =>
    loadKubeConfigAccess(
      { path, ...(context === undefined ? {} : { context }) },
      { clock: new FakeClock() },
    );
  const credentialsOf = async (user: object, cluster?: object): Promise<KubeCredentials> =>
    (await load(await write('config', config(user, cluster)))).credentials();

  it('reads server, CA and client certificate', async () => {
    const user = { 'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY') };
    const access = await load(await write('config', config(user)));
    assert.equal(access.server.href, 'https://example.test:6443/');
    const { tls, headers } = await access.credentials();
    const pems = { ca: Buffer.from('CA'), cert: Buffer.from('CERT'), key: Buffer.from('KEY') };
    assert.deepEqual(tls, pems);
    assert.deepEqual(headers, {});
  });

  const bearer = { Authorization: 'Bearer secret' };
  const users: readonly [string, object, Readonly<Record<string, string>>][] = [
    ['a token', { token: 'secret' }, bearer],
    [
      'a name and a password',
      { username: 'me', password: 'pw' },
      { Authorization: `Basic ${base64('me:pw')}` },
    ],
    [
      'an impersonated user',
      { token: 'secret', as: 'other' },
      { ...bearer, 'Impersonate-User': 'other' },
    ],
  ];
  for (const [name, user, headers] of users) {
    it(`reads ${name}`, async () => {
      assert.deepEqual((await credentialsOf(user)).headers, headers);
    });
  }

  it('reads TLS settings', async () => {
    const cluster = {
      'insecure-skip-tls-verify': true,
      'tls-server-name': 'other.test',
      'certificate-authority-data': undefined,
    };
    const { tls } = await credentialsOf({ token: 'secret' }, cluster);
    assert.deepEqual(tls, { rejectUnauthorized: false, servername: 'other.test' });
  });

  it('runs an exec plugin, and again when its token was refused', async () => {
    const status = '{\\"token\\":\\"t$(wc -l <count | tr -d \' \')\\"}';
    const script = `#!/bin/sh
cd "$(dirname "$0")" && echo >>count
echo "{\\"apiVersion\\":\\"client.authentication.k8s.io/v1\\",\\"kind\\":\\"ExecCredential\\",\\"status\\":${status}}"
`;
    const command = await write('plugin', script);
    await chmod(command, 0o755);
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command,
      interactiveMode: 'Never',
    };
    const clock = new FakeClock();
    const path = await write('config', config({ exec }));
    const access = await loadKubeConfigAccess({ path }, { clock });
    assert.equal((await access.credentials()).headers['Authorization'], 'Bearer t1');
    access.refused();
    await clock.advance(1_000);
    assert.equal((await access.credentials()).headers['Authorization'], 'Bearer t2');
  });

  it('merges the files of a list as KUBECONFIG does', async () => {
    const first = await write('first', config({ token: 'secret' }));
    const second = config({ token: 'other' });
    const contexts = [{ name: 'extra', context: { cluster: 'c', user: 'u2' } }];
    const users2 = [{ name: 'u2', user: { token: 'two' } }];
    const more = { ...second, contexts, clusters: [], users: users2, 'current-context': 'extra' };
    const list = [first, await write('second', more)].join(delimiter);
    const main = await load(list);
    assert.equal((await main.credentials()).headers['Authorization'], 'Bearer secret');
    const extra = await load(list, 'extra');
    assert.equal((await extra.credentials()).headers['Authorization'], 'Bearer two');
  });

  const failures: readonly [string, () => unknown, string | undefined, RegExp][] = [
    ['is not YAML', () => '{a: [', undefined, /cannot read kubeconfig .*config/],
    ['is no kubeconfig', () => 'just text', undefined, /cannot read|no current context/],
    ['is empty', () => '', undefined, /cannot read|no current context/],
    [
      'lacks the context that is asked for',
      () => config({}),
      'staging',
      /has no context "staging"; it has main/,
    ],
    ['names no context', () => config({}, {}, ''), undefined, /no current context; it has main/],
    [
      'names a cluster that it lacks',
      () => ({ ...config({}), clusters: [] }),
      undefined,
      /no cluster for context "main"/,
    ],
    [
      'has a server that is no URL',
      () => config({}, { server: 'nowhere' }),
      undefined,
      /cluster "c" has no valid server/,
    ],
    [
      'asks for a proxy',
      () => config({}, { 'proxy-url': 'http://proxy.test' }),
      undefined,
      /proxy-url, which is not supported/,
    ],
    [
      'has a user with a tokenFile',
      () => config({ tokenFile: '/some/token' }),
      undefined,
      /user "u" has a tokenFile, which is not supported; use token or exec/,
    ],
    [
      'names a certificate that is not there',
      () => config({ 'client-certificate': '/nonexistent.crt' }),
      undefined,
      /cannot get credentials of user "u"/,
    ],
    [
      'has an exec plugin that is not installed',
      () =>
        config({
          exec: { apiVersion: 'client.authentication.k8s.io/v1', command: '/nonexistent/plugin' },
        }),
      undefined,
      /cannot get credentials of user "u"/,
    ],
  ];
  for (const [name, content, context, message] of failures) {
    it(`says so when a kubeconfig ${name}`, async () => {
      await assert.rejects(
        load(await write('config', content()), context),
        (error: Error) => hasCode(error, 'KUBECONFIG_UNREADABLE') && message.test(error.message),
      );
    });
  }

  it('shows nothing of a kubeconfig that cannot be parsed: it may be a token', async () => {
    await assert.rejects(load(await write('config', 'token: s3cret: [')), (error: Error) => {
      return !describeError(error).includes('s3cret') && !describeError(error).includes('\n');
    });
  });

  it('says so when a kubeconfig is missing', async () => {
    await assert.rejects(
      load('/nonexistent/kubeconfig'),
      (error: Error) =>
        hasCode(error, 'KUBECONFIG_UNREADABLE') &&
        error.message.includes('cannot read kubeconfig /nonexistent/kubeconfig'),
    );
  });
});
