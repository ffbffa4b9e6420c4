import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  canonicalName,
  familiarName,
  type ImageReference,
  isImageDigest,
  isImageTag,
  nodeImageEntryOf,
  parseImageReference,
  pullReference,
  registryOf,
} from '../../api/image-reference.ts';

const SHA256 = `sha256:${'0123456789abcdef'.repeat(4)}`;

function parsed(text: string): ImageReference {
  const result = parseImageReference(text);
  assert.ok(result.ok, `${text}: ${result.ok ? '' : result.message}`);
  return result.reference;
}

function problemOf(text: string): string {
  const result = parseImageReference(text);
  assert.ok(!result.ok, `${text} was accepted`);
  return result.message;
}

describe('parseImageReference', () => {
  for (const [text, name, tag] of [
    ['ubuntu', 'ubuntu', 'latest'],
    ['ubuntu:20.04', 'ubuntu', '20.04'],
    ['docker.io/library/ubuntu:latest', 'ubuntu', 'latest'],
    ['index.docker.io/library/ubuntu', 'ubuntu', 'latest'],
    ['index.docker.io/ubuntu', 'ubuntu', 'latest'],
    ['docker.io/ubuntu', 'ubuntu', 'latest'],
    ['docker.io/a/b', 'a/b', 'latest'],
    ['a/b/c:v1', 'a/b/c', 'v1'],
    ['library/a/b', 'library/a/b', 'latest'],
    ['myregistry:5000/my/image:v1', 'myregistry:5000/my/image', 'v1'],
    ['localhost/app', 'localhost/app', 'latest'],
    ['localhost:5000/app', 'localhost:5000/app', 'latest'],
    ['localhost:5000', 'localhost', '5000'],
    ['192.168.0.1:5000/app:v1', '192.168.0.1:5000/app', 'v1'],
    ['UPPER.example/app', 'UPPER.example/app', 'latest'],
    ['quay.io/a__b/c-d.e---f:V_1.0-x', 'quay.io/a__b/c-d.e---f', 'V_1.0-x'],
    [`ubuntu@${SHA256}`, 'ubuntu', SHA256],
    [`ubuntu:20.04@${SHA256}`, 'ubuntu', SHA256],
    [`reg.example:5000/app:1@${SHA256}`, 'reg.example:5000/app', SHA256],
    [`app@sha512:${'a'.repeat(128)}`, 'app', `sha512:${'a'.repeat(128)}`],
    [`${'a'.repeat(64)}:1`, `library/${'a'.repeat(64)}`, '1'],
  ] as const) {
    it(`keeps ${text.slice(0, 50)} under ${name.slice(0, 30)} and ${tag.slice(0, 20)} in a NodeImage`, () => {
      assert.deepEqual(nodeImageEntryOf(parsed(text)), { name, tag });
    });
  }

  for (const [text, message] of [
    ['', /must not be empty; write/],
    [' nginx', /white space/],
    ['nginx\n', /white space/],
    ['https://reg.example/app', /scheme/],
    ['UPPERCASE/image', /must be lower case: write "uppercase\/image"/],
    ['Nginx', /must be lower case/],
    ['a'.repeat(64), /is an image id/],
    ['nginx:', /empty tag/],
    ['nginx:-x', /malformed tag/],
    [`nginx:${'t'.repeat(129)}`, /malformed tag/],
    ['nginx@', /malformed digest/],
    ['nginx@sha256:abc', /64 lower-case hex digits/],
    [`nginx@${SHA256.toUpperCase()}`, /malformed digest/],
    [`nginx@md5:${'a'.repeat(32)}`, /malformed digest/],
    [`nginx@sha256:${'A'.repeat(64)}`, /malformed digest/],
    [`@${SHA256}`, /has no name/],
    [':1', /has no name/],
    ['/nginx', /malformed name/],
    ['a//b', /malformed name/],
    ['a/', /malformed name/],
    ['-a', /malformed name/],
    ['a___b', /malformed name/],
    ['a..b', /malformed name/],
    ['reg:port/app', /malformed registry/],
    ['a:1:2/app', /malformed registry/],
    ['-reg.example/app', /malformed registry/],
    ['[::1]:5000/app', /malformed registry/],
    ['reg..example/app', /malformed registry/],
    [`reg.example/${'a'.repeat(244)}`, /more than 255 characters/],
  ] as const) {
    it(`refuses ${JSON.stringify(text.slice(0, 40))} and says why`, () => {
      assert.match(problemOf(text), message);
    });
  }

  it('accepts a name of exactly 255 characters', () => {
    assert.equal(canonicalName(parsed(`reg.example/${'a'.repeat(243)}`)).length, 255);
  });

  it('never throws, and is quick, on any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), text => {
        const result = parseImageReference(text);
        assert.ok(result.ok || result.message.length > 0);
      }),
    );
  });

  it('needs no more than linear time for texts made to make patterns backtrack', () => {
    const parts = ['a', '-', '.', '_', '__', '/', ':', '@', 'a-', 'a.', '0'];
    for (const part of parts) {
      for (const end of ['', '!', '/', ':', '@']) {
        const started = performance.now();
        parseImageReference(part.repeat(200_000) + end);
        parseImageReference(part.repeat(120) + end);
        assert.ok(performance.now() - started < 250, `${part}…${end}`);
      }
    }
  });
});

const word = fc.string({
  unit: fc.constantFrom('a', 'b', 'x', 'z', '0', '9'),
  minLength: 1,
  maxLength: 6,
});
const component = (...separators: string[]): fc.Arbitrary<string> =>
  fc
    .tuple(word, fc.array(fc.tuple(fc.constantFrom(...separators), word), { maxLength: 2 }))
    .map(([first, rest]) => first + rest.flat().join(''));
const path = fc.array(component('.', '_', '__', '-', '--'), { minLength: 1, maxLength: 4 });
const registry = fc.oneof(
  fc.constantFrom('docker.io', 'index.docker.io', 'localhost', 'localhost:5000', 'Reg.Example'),
  fc.tuple(word, word).map(([a, b]) => `${a}.${b}`),
  fc.tuple(word, fc.nat(65535)).map(([host, port]) => `${host}:${port}`),
);
const name = fc.oneof(
  fc.tuple(registry, path).map(([host, parts]) => [host, ...parts].join('/')),
  // Without a registry the first component has no dot, or it would be one.
  fc.tuple(component('_', '__', '-'), path).map(([first, parts]) => [first, ...parts].join('/')),
  component('.', '_', '-'),
);
const reference = fc
  .tuple(name, fc.constantFrom('', ':latest', ':1.27', ':V_1-x'), fc.constantFrom('', `@${SHA256}`))
  .map(parts => parts.join(''));

describe('names of images', () => {
  it('come back the same from what a runtime is asked to pull (round trip)', () => {
    fc.assert(
      fc.property(reference, text => {
        const first = parsed(text);
        const entry = nodeImageEntryOf(first);
        const again = parsed(pullReference(entry.name, entry.tag));
        assert.equal(canonicalName(again), canonicalName(first));
        assert.deepEqual(nodeImageEntryOf(again), entry);
      }),
    );
  });

  it('have idempotent normal forms', () => {
    fc.assert(
      fc.property(reference, text => {
        const first = parsed(text);
        assert.equal(familiarName(parsed(familiarName(first))), familiarName(first));
        assert.equal(canonicalName(parsed(canonicalName(first))), canonicalName(first));
        assert.equal(familiarName(parsed(canonicalName(first))), familiarName(first));
      }),
    );
  });

  it('keep a registry that the short form would lose', () => {
    assert.equal(familiarName(parsed('docker.io/localhost/app')), 'docker.io/localhost/app');
    assert.equal(familiarName(parsed('docker.io/a.b/app')), 'docker.io/a.b/app');
  });

  it('are whole in their canonical form', () => {
    assert.equal(canonicalName(parsed('nginx')), 'docker.io/library/nginx');
    assert.equal(canonicalName(parsed('reg.example:5000/x')), 'reg.example:5000/x');
  });
});

describe('registryOf', () => {
  for (const [name, registry] of [
    ['nginx', 'docker.io'],
    ['team/app', 'docker.io'],
    ['docker.io/a.b/app', 'docker.io'],
    ['index.docker.io/team/app', 'docker.io'],
    ['Registry.Example:5000/app', 'registry.example:5000'],
    ['localhost/app', 'localhost'],
  ] as const) {
    it(`of ${name} is ${registry}`, () => assert.equal(registryOf(name), registry));
  }
});

describe('pullReference', () => {
  it('joins a tag with a colon and a digest with an at sign', () => {
    assert.equal(pullReference('nginx', '1.27'), 'nginx:1.27');
    assert.equal(pullReference('nginx', SHA256), `nginx@${SHA256}`);
  });
});

describe('isImageTag and isImageDigest', () => {
  it('tell tags from digests', () => {
    assert.deepEqual([isImageTag('1.27'), isImageDigest('1.27')], [true, false]);
    assert.deepEqual([isImageTag(SHA256), isImageDigest(SHA256)], [false, true]);
    assert.deepEqual([isImageTag(''), isImageDigest('')], [false, false]);
    assert.equal(isImageDigest(`toString:${'a'.repeat(64)}`), false);
  });
});
