import assert from 'node:assert/strict';
import fc from 'fast-check';
import { inPlacePossible, isSameTemplate } from '../../api/in-place.ts';
import { isJsonObject } from '../../api/json.ts';
import { anyTemplate } from './any-json.ts';

const container = (image: string, more: object = {}): object => ({ name: 'web', image, ...more });
const template = (containers: readonly object[], spec: object = {}, metadata: object = {}) => ({
  metadata,
  spec: { containers, ...spec },
});
const old = template([container('web:1')], { volumes: [{ name: 'data', emptyDir: {} }] });
const volumes = { volumes: [{ name: 'data', emptyDir: {} }] };

describe('inPlacePossible', () => {
  for (const [name, next] of [
    ['nothing differs', old],
    ['an image differs', template([container('web:2')], volumes)],
    [
      'labels and annotations differ',
      template([container('web:1')], volumes, { labels: { a: 'b' } }),
    ],
    ['image and labels differ', template([container('web:2')], volumes, { labels: { a: 'b' } })],
    [
      'a revision spells out what is empty',
      template([container('web:2', { resources: {}, env: [], command: null })], volumes, {
        creationTimestamp: null,
      }),
    ],
  ] as const) {
    it(`is possible when ${name}`, () => {
      assert.deepEqual(inPlacePossible(old, next), { possible: true });
      assert.deepEqual(inPlacePossible(next, old), { possible: true });
    });
  }

  const SPEC = 'spec.template.spec';
  for (const [name, next, path] of [
    [
      'env differs',
      template([container('web:2', { env: [{ name: 'A' }] })], volumes),
      `${SPEC}.containers[0].env`,
    ],
    [
      'a container is new',
      template([container('web:1'), container('log:1', { name: 'log' })], volumes),
      `${SPEC}.containers`,
    ],
    [
      'a container is renamed',
      template([container('web:1', { name: 'x' })], volumes),
      `${SPEC}.containers[0].name`,
    ],
    ['an image goes away', template([{ name: 'web' }], volumes), `${SPEC}.containers[0].image`],
    [
      'an init container is new',
      template([container('web:1')], { ...volumes, initContainers: [container('init:1')] }),
      `${SPEC}.initContainers`,
    ],
    [
      'a volume differs',
      template([container('web:1')], { volumes: [{ name: 'data' }, { name: 'x' }] }),
      `${SPEC}.volumes`,
    ],
    [
      'the service account differs',
      template([container('web:1')], { ...volumes, serviceAccountName: 'x' }),
      `${SPEC}.serviceAccountName`,
    ],
  ] as const) {
    it(`is impossible when ${name}, and names the field`, () => {
      assert.deepEqual(inPlacePossible(old, next), { possible: false, path });
    });
  }

  it('is impossible when the image of an init container or of a volume differs (the peer recreates)', () => {
    const withInit = (image: string) =>
      template([container('web:1')], { initContainers: [container(image)] });
    assert.deepEqual(inPlacePossible(withInit('a'), withInit('b')), {
      possible: false,
      path: `${SPEC}.initContainers[0].image`,
    });
    const withVolume = (reference: string) =>
      template([], { volumes: [{ name: 'm', image: { reference } }] });
    assert.equal(inPlacePossible(withVolume('a'), withVolume('b')).possible, false);
  });

  it('is impossible while one of the templates is unknown', () => {
    assert.deepEqual(inPlacePossible(undefined, old), { possible: false, path: 'spec.template' });
    assert.deepEqual(inPlacePossible(old, null), { possible: false, path: 'spec.template' });
  });

  it('never throws, is possible for a copy, and says the same both ways', () => {
    fc.assert(
      fc.property(anyTemplate, anyTemplate, (a, b) => {
        assert.equal(inPlacePossible(a, structuredClone(a)).possible, isJsonObject(a));
        const there = inPlacePossible(a, b);
        assert.equal(inPlacePossible(b, a).possible, there.possible);
      }),
      { numRuns: 300 },
    );
  });

  it('survives templates that are nested 100,000 levels deep', () => {
    const deep = (): unknown => JSON.parse(`${'['.repeat(100_000)}1${']'.repeat(100_000)}`);
    assert.equal(inPlacePossible({ spec: deep() }, { spec: deep() }).possible, false);
  });
});

describe('isSameTemplate', () => {
  for (const [name, other, same] of [
    [
      'what is empty and what is absent',
      template([container('web:1', { env: [] })], volumes),
      true,
    ],
    ['another image', template([container('web:2')], volumes), false],
    ['another label', template([container('web:1')], volumes, { labels: { a: 'b' } }), false],
    ['no template', undefined, false],
  ] as const) {
    it(`takes ${name} for ${same ? 'the same' : 'another'}`, () => {
      assert.equal(isSameTemplate(old, other), same);
      assert.equal(isSameTemplate(other, old), same);
    });
  }
});
