import assert from 'node:assert/strict';
import { Keyring } from '../../../daemon/credentials/keyring.ts';

const usersFor = (keys: readonly string[], repository: string): string[] =>
  new Keyring(keys.map(key => ({ key, username: key, password: 'pw' })))
    .lookup(repository)
    .map(({ username }) => username);

describe('Keyring', () => {
  // Kubelet's own vectors are in kubelet-vectors.test.ts.
  const matching: [key: string, repository: string][] = [
    ['kubernetes.io', 'kubernetes.io/app'],
    ['reg?.example', 'reg1.example/app'],
    ['reg[0-9].example', 'reg7.example/app'],
    ['https://reg.example/v1/', 'reg.example/app'],
    ['http://reg.example/v2/team', 'reg.example/team/app'],
    ['https://reg.example:5000/', 'reg.example:5000/app'],
    ['reg.example/app', 'reg.example/app2'],
    ['https://index.docker.io/v1/', 'docker.io/library/nginx'],
    ['index.docker.io', 'docker.io/team/app'],
    ['docker.io', 'docker.io/library/nginx'],
    ['docker.io/team', 'docker.io/team/app'],
  ];
  for (const [key, repository] of matching) {
    it(`uses ${key} for ${repository}`, () => assert.deepEqual(usersFor([key], repository), [key]));
  }

  const different: [key: string, repository: string][] = [
    ['reg[0-9].example', 'regx.example/app'],
    ['reg.example:5000', 'reg.example:5001/app'],
    ['reg.example:5000', 'reg.example/app'],
    ['reg.example', 'reg.example:443/app'],
    ['reg.example/team', 'reg.example/other/app'],
    ['https://index.docker.io/v1', 'docker.io/library/nginx'],
    ['index.docker.io', 'reg.example/library/nginx'],
    ['reg[z-a].example', 'regz.example/app'],
    ['', 'docker.io/library/nginx'],
  ];
  for (const [key, repository] of different) {
    it(`does not use ${key || 'an empty key'} for ${repository}`, () =>
      assert.deepEqual(usersFor([key], repository), []));
  }

  it('tries longer keys first and globs last', () => {
    const keys = ['*.example', 'reg.example', 'reg.example/team', 'reg.example/team/app'];
    assert.deepEqual(usersFor(keys, 'reg.example/team/app'), [
      'reg.example/team/app',
      'reg.example/team',
      'reg.example',
      '*.example',
    ]);
  });

  it('keeps the order of equal keys from several secrets', () => {
    const ring = new Keyring([
      { key: 'https://reg.example/v1/', username: 'first', password: 'a' },
      { key: 'reg.example', username: 'second', password: 'b' },
    ]);
    assert.deepEqual(ring.lookup('reg.example/app'), [
      { username: 'first', password: 'a' },
      { username: 'second', password: 'b' },
    ]);
  });

  it('looks for the hub under its old name only when nothing else matches', () => {
    const keys = ['docker.io', 'index.docker.io'];
    assert.deepEqual(usersFor(keys, 'docker.io/library/nginx'), ['docker.io']);
  });
});
