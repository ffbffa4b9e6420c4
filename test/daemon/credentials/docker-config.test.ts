import assert from 'node:assert/strict';
import type { Secret } from '../../../api/core.ts';
import { dockerConfigOf } from '../../../daemon/credentials/docker-config.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const secretOf = (type: string, key: string, text: string): Secret => ({
  metadata: { name: 'pull', namespace: 'ns' },
  type,
  data: { [key]: base64(text) },
});
const configJson = (auths: unknown): Secret =>
  secretOf('kubernetes.io/dockerconfigjson', '.dockerconfigjson', JSON.stringify({ auths }));

const robot = { username: 'robot', password: 'pw' };

describe('dockerConfigOf', () => {
  it('reads dockerconfigjson, where registries stand under auths', () => {
    const secret = configJson({ 'reg.example': { username: 'robot', password: 'pw', email: 'x' } });
    assert.deepEqual(dockerConfigOf(secret).credentials, [{ key: 'reg.example', ...robot }]);
  });

  it('reads dockercfg, where they stand at the top', () => {
    const text = JSON.stringify({ 'reg.example': { auth: base64('robot:pw') } });
    const secret = secretOf('kubernetes.io/dockercfg', '.dockercfg', text);
    assert.deepEqual(dockerConfigOf(secret).credentials, [{ key: 'reg.example', ...robot }]);
  });

  const auths: { name: string; entry: object; username: string; password: string }[] = [
    {
      name: 'auth with padding',
      entry: { auth: base64('robot:p') },
      username: 'robot',
      password: 'p',
    },
    {
      name: 'auth without padding',
      entry: { auth: 'cm9ib3Q6cA' },
      username: 'robot',
      password: 'p',
    },
    {
      name: 'auth with line breaks',
      entry: { auth: 'cm9i\nb3Q6\r\ncA==\n' },
      username: 'robot',
      password: 'p',
    },
    {
      name: 'a colon in the password',
      entry: { auth: base64('robot:a:b') },
      username: 'robot',
      password: 'a:b',
    },
    {
      name: 'an empty password',
      entry: { auth: base64('robot:') },
      username: 'robot',
      password: '',
    },
    {
      name: 'auth beside other fields, which it overrides',
      entry: { auth: base64('robot:pw'), username: 'x', password: 'y' },
      ...robot,
    },
  ];
  for (const { name, entry, username, password } of auths) {
    it(`takes ${name}`, () => {
      const { credentials, problems } = dockerConfigOf(configJson({ reg: entry }));
      assert.deepEqual(credentials, [{ key: 'reg', username, password }]);
      assert.deepEqual(problems, []);
    });
  }

  const malformed: { name: string; entry: unknown; problem: RegExp }[] = [
    { name: 'a trailing space', entry: { auth: `${base64('robot:p')} ` }, problem: /not base64/ },
    { name: 'wrong padding', entry: { auth: 'cm9ib3Q6cA=' }, problem: /not base64/ },
    { name: 'foreign characters', entry: { auth: 'cm9ib3Q6c-A=' }, problem: /not base64/ },
    { name: 'no colon', entry: { auth: base64('robot') }, problem: /username:password/ },
    {
      name: 'a number for a password',
      entry: { username: 'a', password: 1 },
      problem: /no string/,
    },
    { name: 'an entry that is no object', entry: 'robot:pw', problem: /no object/ },
    { name: 'only a token', entry: { identitytoken: 't' }, problem: /neither auth nor username/ },
  ];
  for (const { name, entry, problem } of malformed) {
    it(`names an entry with ${name} and keeps the others`, () => {
      const config = dockerConfigOf(configJson({ bad: entry, good: robot }));
      assert.deepEqual(config.credentials, [{ key: 'good', ...robot }]);
      assert.equal(config.problems.length, 1);
      assert.match(config.problems[0] ?? '', /"bad"/);
      assert.match(config.problems[0] ?? '', problem);
    });
  }

  const unusable: { name: string; secret: Secret; problem: RegExp }[] = [
    {
      name: 'an Opaque secret',
      secret: { ...configJson({}), type: 'Opaque' },
      problem: /has type Opaque, not kubernetes.io\/dockerconfigjson or/,
    },
    {
      name: 'a secret without its key',
      secret: { ...configJson({}), data: { other: 'e30=' } },
      problem: /has no \.dockerconfigjson/,
    },
    {
      name: 'text that is no JSON',
      secret: secretOf('kubernetes.io/dockercfg', '.dockercfg', '{"reg": {"password": "hunter2"'),
      problem: /^has a malformed \.dockercfg$/,
    },
    {
      name: 'JSON that is no object',
      secret: secretOf('kubernetes.io/dockercfg', '.dockercfg', '[]'),
      problem: /malformed/,
    },
  ];
  for (const { name, secret, problem } of unusable) {
    it(`says why it cannot use ${name}`, () => {
      const config = dockerConfigOf(secret);
      assert.deepEqual(config.credentials, []);
      assert.match(config.problems.join(), problem);
    });
  }

  it('finds nothing wrong with a configuration without registries', () => {
    const text = JSON.stringify({ HttpHeaders: {} });
    const secret = secretOf('kubernetes.io/dockerconfigjson', '.dockerconfigjson', text);
    assert.deepEqual(dockerConfigOf(secret), { credentials: [], problems: [] });
  });
});
