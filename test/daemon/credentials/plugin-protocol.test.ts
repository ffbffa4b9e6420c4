import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hasDuplicateMember } from '../../../daemon/credentials/duplicate-member.ts';
import {
  PLUGIN_API_VERSIONS,
  pluginRequest,
  readPluginAnswer,
} from '../../../daemon/credentials/plugin-protocol.ts';
import { answer, PROTOCOL } from './plugin-world.ts';

const read = (value: unknown, apiVersion: (typeof PLUGIN_API_VERSIONS)[number] = PROTOCOL) =>
  readPluginAnswer(typeof value === 'string' ? value : JSON.stringify(value), apiVersion);

describe('plugin protocol', () => {
  for (const apiVersion of PLUGIN_API_VERSIONS) {
    it(`is spoken as ${apiVersion}`, () => {
      assert.deepEqual(JSON.parse(pluginRequest(apiVersion, 'registry.plugin.com/test/echo')), {
        kind: 'CredentialProviderRequest',
        apiVersion,
        image: 'registry.plugin.com/test/echo',
      });
      assert.deepEqual(read(answer('robot', { apiVersion }), apiVersion), {
        ok: true,
        answer: {
          cacheKeyType: 'Registry',
          credentials: [{ key: '*.test', username: 'robot', password: 'pw' }],
        },
      });
    });
  }

  for (const auth of [null, undefined, {}]) {
    it(`takes the auth ${JSON.stringify(auth)} for no credentials`, () => {
      const { ok } = read(answer('robot', { auth }));
      assert.ok(ok);
    });
  }

  it('takes a duration', () => {
    const result = read(answer('robot', { cacheDuration: '6h0m0s' }));
    assert.ok(result.ok);
    assert.equal(result.answer.cacheDurationMs, 21_600_000);
  });

  const refused: { name: string; text: unknown; problem: string }[] = [
    { name: 'no JSON', text: 'hunter2', problem: 'no JSON object' },
    { name: 'a list', text: [answer('a')], problem: 'no JSON object' },
    { name: 'nothing', text: '', problem: 'no JSON object' },
    {
      name: 'two answers',
      text: JSON.stringify(answer('a')).repeat(2),
      problem: 'no JSON object',
    },
    { name: 'an unknown field', text: answer('a', { hunter2: 1 }), problem: 'an unknown field' },
    {
      name: 'a field twice',
      text: `{"kind":"x",${JSON.stringify(answer('a')).slice(1)}`,
      problem: 'a field twice',
    },
    {
      name: 'another kind',
      text: answer('a', { kind: 'CredentialProviderRequest' }),
      problem: 'another kind than CredentialProviderResponse',
    },
    {
      name: 'another version than was asked in',
      text: answer('a', { apiVersion: 'credentialprovider.kubelet.k8s.io/v1beta1' }),
      problem: `another apiVersion than ${PROTOCOL}`,
    },
    {
      name: 'another cacheKeyType',
      text: answer('a', { cacheKeyType: 'image' }),
      problem: 'no cacheKeyType that is one of Image, Registry, Global',
    },
    {
      name: 'a duration that is none',
      text: answer('a', { cacheDuration: '12' }),
      problem: 'a malformed cacheDuration',
    },
    {
      name: 'an auth that is a list',
      text: answer('a', { auth: [] }),
      problem: 'a malformed auth',
    },
    {
      name: 'an entry that is a string',
      text: answer('a', { auth: { reg: 'a:b' } }),
      problem: 'a malformed auth',
    },
    {
      name: 'a password that is a number',
      text: answer('a', { auth: { reg: { password: 1 } } }),
      problem: 'a malformed auth',
    },
    {
      name: 'an entry with more than two fields',
      text: answer('a', { auth: { reg: { username: 'a', password: 'b', token: 'hunter2' } } }),
      problem: 'a malformed auth',
    },
  ];
  for (const { name, text, problem } of refused) {
    it(`refuses ${name}`, () => assert.deepEqual(read(text), { ok: false, problem }));
  }
});

describe('hasDuplicateMember', () => {
  it('finds no member twice in what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.json(), text => {
        assert.equal(hasDuplicateMember(JSON.stringify(JSON.parse(text))), false);
      }),
    );
  });

  for (const json of ['{"a":1,"a":1}', '[{"b":{"a":[],"a":"x"}}]', '{"a":{"a":1},"\\u0061":2}']) {
    it(`finds one in ${json}`, () => assert.ok(hasDuplicateMember(json)));
  }

  for (const json of ['{"a":{"a":1},"b":[{"a":1},{"a":1}]}', '{"a":"\\"a\\":1,\\"a\\":1"}']) {
    it(`finds none in ${json}`, () => assert.ok(!hasDuplicateMember(json)));
  }

  it('reads a MiB of escapes', () => {
    assert.ok(!hasDuplicateMember(JSON.stringify({ a: '"'.repeat(1 << 19), b: 1 })));
  });
});
