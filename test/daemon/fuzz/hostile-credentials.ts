import fc from 'fast-check';
import { base64 } from '../credentials/secret-objects.ts';

/** Stands in every password, token and key of these inputs, and so may stand in nothing that the daemon says. */
export const SECRET = 's3cr3t';

/** Mostly what belongs there, and now and then any JSON. */
export function mostly<T>(expected: fc.Arbitrary<T>): fc.Arbitrary<unknown> {
  const weight = 6;
  return fc.oneof({ arbitrary: expected, weight }, { arbitrary: anyJson, weight: 1 });
}

const anyJson = fc.jsonValue({ maxDepth: 2 });

const secretText = fc.tuple(fc.string(), fc.string()).map(([a, b]) => `${a}${SECRET}${b}`);
const plainSecret = secretText.filter(text => !/[/?#@\\"]/.test(text));

const host = fc.constantFrom('reg.test', '*.test', 'reg.test:5000', 'index.docker.io', '[', '');
const path = fc.constantFrom('', '/', '/v1/', '/v2/team', '/team/*', '/[z-a]', '//');

/** Keys of registries, some with a password or a token where people put them. */
export const registryKey = fc.oneof(
  fc.tuple(fc.constantFrom('', 'https://', 'http://', 'ftp://'), host, path).map(p => p.join('')),
  fc.tuple(plainSecret, host, path).map(([password, h, p]) => `https://robot:${password}@${h}${p}`),
  fc.tuple(plainSecret, host).map(([password, h]) => `robot@${password}@${h}`),
  fc.tuple(secretText, host).map(([token, h]) => `${h}/?token=${token}`),
  fc.string({ unit: 'binary', maxLength: 30 }),
);

const auth = fc.oneof(
  secretText.map(password => base64(`robot:${password}`)),
  secretText.map(password => base64(password)),
  secretText,
);

const entry = mostly(
  fc.record(
    {
      username: mostly(fc.string()),
      password: mostly(secretText),
      auth: mostly(auth),
      email: mostly(fc.string()),
      identitytoken: mostly(secretText),
    },
    { requiredKeys: [] },
  ),
);

/** Texts of Docker configurations in both formats, some cut off. */
export const dockerConfigText = fc
  .tuple(fc.boolean(), mostly(fc.dictionary(registryKey, entry)), fc.nat(400))
  .map(([wrapped, registries, cutAt]) => {
    const text = JSON.stringify(wrapped ? { auths: registries } : registries);
    return cutAt < 100 ? text.slice(0, cutAt) : text;
  });

/** Texts that a plugin may write to stdout. */
export const pluginAnswerText = fc.oneof(
  fc
    .record(
      {
        kind: mostly(fc.constant('CredentialProviderResponse')),
        apiVersion: mostly(fc.constant('credentialprovider.kubelet.k8s.io/v1')),
        cacheKeyType: mostly(fc.constantFrom('Image', 'Registry', 'Global')),
        cacheDuration: mostly(fc.constantFrom('12h', '0s', SECRET)),
        auth: mostly(fc.dictionary(registryKey, entry)),
        [SECRET]: secretText,
      },
      { requiredKeys: ['kind', 'apiVersion'] },
    )
    .map(answer => JSON.stringify(answer)),
  secretText,
  fc.string({ unit: 'binary' }),
);

/** Texts of configurations of plugins, some of them no YAML. */
export const pluginConfigText = fc.oneof(
  fc
    .record({
      kind: fc.constant('CredentialProviderConfig'),
      apiVersion: fc.constant('kubelet.config.k8s.io/v1'),
      providers: mostly(
        fc.array(
          mostly(
            fc.record(
              {
                name: mostly(fc.constantFrom('p', 'q', '..', 'a/b')),
                apiVersion: mostly(fc.constant('credentialprovider.kubelet.k8s.io/v1')),
                matchImages: mostly(fc.array(mostly(fc.constantFrom('*.test', '[', 'https://a')))),
                defaultCacheDuration: mostly(fc.constantFrom('12h', '-1s', 'x')),
                args: mostly(fc.array(mostly(secretText))),
                env: mostly(
                  fc.array(mostly(fc.record({ name: fc.string(), value: mostly(secretText) }))),
                ),
                tokenAttributes: mostly(fc.record({ requireServiceAccount: fc.boolean() })),
              },
              { requiredKeys: ['name'] },
            ),
          ),
          { maxLength: 4 },
        ),
      ),
    })
    .map(config => JSON.stringify(config)),
  secretText,
  secretText.map(text => `providers:\n  - name: p\n    env: [{name: A, value: ${text}`),
  fc.string({ unit: 'binary' }),
);
