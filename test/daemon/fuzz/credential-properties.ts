import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseImageReference } from '../../../api/image-reference.ts';
import { readDockerConfig } from '../../../daemon/credentials/docker-config.ts';
import { Keyring } from '../../../daemon/credentials/keyring.ts';
import { parsePluginConfigFiles } from '../../../daemon/credentials/plugin-config-files.ts';
import { readPluginAnswer } from '../../../daemon/credentials/plugin-protocol.ts';
import { base64 } from '../credentials/secret-objects.ts';
import type { FuzzProperty } from './fuzz-property.ts';
import {
  dockerConfigText,
  pluginAnswerText,
  pluginConfigText,
  registryKey,
  SECRET,
} from './hostile-credentials.ts';

function assertDiscreet(said: unknown): void {
  assert.ok(!JSON.stringify(said).includes(SECRET), `a secret was told: ${JSON.stringify(said)}`);
}

const repository = fc.constantFrom(
  'reg.test/team/app',
  'reg.test:5000/app',
  'docker.io/library/nginx',
  `reg.test/${'a'.repeat(230)}`,
  '',
);

/** What may come from secrets, files and plugins. */
export const CREDENTIAL_PROPERTIES: readonly FuzzProperty[] = [
  {
    name: 'a Docker configuration never throws, and its problems tell no secret',
    runs: 1_500,
    property: fc.property(
      dockerConfigText,
      fc.constantFrom('config' as const, 'dockercfg' as const),
      (text, format) => assertDiscreet(readDockerConfig(text, format)?.problems ?? []),
    ),
  },
  {
    name: 'an auth field is what base64 makes of user and password, or a problem',
    runs: 1_000,
    property: fc.property(
      fc.oneof(
        fc.string({ unit: 'grapheme' }).map(text => base64(text)),
        fc.string({ unit: fc.constantFrom('a', 'Z', '0', '+', '/', '=', '-', ' ', '\n', ':') }),
      ),
      auth => {
        const text = JSON.stringify({ reg: { auth, username: 'other' } });
        const { credentials = [] } = readDockerConfig(text, 'dockercfg') ?? {};
        for (const { username, password } of credentials) {
          if (auth === '') assert.equal(username, 'other');
          else assert.equal(`${username}:${password}`, Buffer.from(auth, 'base64').toString());
        }
      },
    ),
  },
  {
    name: 'a keyring of any keys answers with its own credentials, in whatever order they came',
    runs: 800,
    property: fc.property(fc.uniqueArray(registryKey, { maxLength: 6 }), repository, (keys, of) => {
      const entries = keys.map(key => ({ key, username: key, password: SECRET }));
      const found = new Keyring(entries).lookup(of).map(({ username }) => username);
      const reversed = new Keyring(entries.toReversed()).lookup(of);
      assert.ok(found.every(key => keys.includes(key)));
      assert.deepEqual(reversed.map(({ username }) => username).sort(), found.sort());
    }),
  },
  {
    name: "a plugin's answer never throws, and what is wrong with it tells no secret",
    runs: 1_000,
    property: fc.property(pluginAnswerText, text => {
      const read = readPluginAnswer(text, 'credentialprovider.kubelet.k8s.io/v1');
      if (!read.ok) assertDiscreet(read.problem);
    }),
  },
  {
    name: 'a configuration of plugins never throws, and its problems tell no secret',
    runs: 200,
    property: fc.property(pluginConfigText, text => {
      const { problems } = parsePluginConfigFiles([{ path: '/config', text }], new Map());
      assertDiscreet(problems);
    }),
  },
  {
    name: 'an image reference is read as it would be written, or refused',
    runs: 2_000,
    property: fc.property(
      fc.array(
        fc.constantFrom(
          'nginx',
          'reg.test',
          'a',
          '/',
          ':',
          '@',
          '5000',
          '.',
          '_',
          'sha256',
          'A',
          ' ',
        ),
        { maxLength: 8 },
      ),
      parts => {
        const parsed = parseImageReference(parts.join(''));
        if (!parsed.ok) return assert.notEqual(parsed.message, '');
        const { registry, repository: name, tag, digest } = parsed.reference;
        const written = `${registry}/${name}${tag ? `:${tag}` : ''}${digest ? `@${digest}` : ''}`;
        assert.deepEqual(parseImageReference(written), parsed);
      },
    ),
  },
];
