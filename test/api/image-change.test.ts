import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PodTemplate } from '../../api/core.ts';
import { imageChanges, isSameImage, templateImages } from '../../api/image-change.ts';
import { anyTemplate } from './any-json.ts';

const containers = (...images: readonly string[]): PodTemplate => ({
  spec: { containers: images.map((image, i) => ({ name: `c${i}`, image })) },
});

describe('templateImages', () => {
  it('finds containers, init containers and image volumes (W50)', () => {
    const template: PodTemplate = {
      spec: {
        initContainers: [{ name: 'sidecar', image: 'proxy:1' }],
        containers: [{ name: 'web', image: 'web:1' }, { name: 'unset' }],
        volumes: [{ name: 'model', image: { reference: 'model:1' } }, { name: 'data' }],
      },
    };
    assert.deepEqual(Object.fromEntries(templateImages(template)), {
      sidecar: 'proxy:1',
      web: 'web:1',
      'volume/model': 'model:1',
    });
  });

  it('takes any JSON', () => {
    fc.assert(
      fc.property(anyTemplate, template => {
        for (const image of templateImages(template as PodTemplate).values()) {
          assert.equal(typeof image, 'string');
        }
      }),
    );
  });
});

describe('imageChanges', () => {
  for (const [name, from, to, expected] of [
    [
      'a changed image',
      containers('a:1', 'b:1'),
      containers('a:2', 'b:1'),
      { c0: { from: 'a:1', to: 'a:2' } },
    ],
    [
      'a new container',
      containers('a:1'),
      containers('a:1', 'b:1'),
      { c1: { from: null, to: 'b:1' } },
    ],
    [
      'everything of a template without predecessor',
      undefined,
      containers('a'),
      { c0: { from: null, to: 'a' } },
    ],
    ['nothing when nothing changed', containers('a:1'), containers('a:1'), {}],
    ['nothing when a container goes', containers('a:1', 'b:1'), containers('a:1'), {}],
    [
      'nothing when only the spelling changed',
      containers('nginx'),
      containers('docker.io/library/nginx:latest'),
      {},
    ],
  ] as const) {
    it(`reports ${name}`, () => {
      assert.deepEqual(imageChanges(from, to), expected);
    });
  }

  it('compares by name, not by position', () => {
    const swapped: PodTemplate = {
      spec: {
        containers: [
          { name: 'c1', image: 'b' },
          { name: 'c0', image: 'a' },
        ],
      },
    };
    assert.deepEqual(imageChanges(containers('a', 'b'), swapped), {});
  });

  it('tells a volume from a container of the same name', () => {
    const withVolume = (reference: string): PodTemplate => ({
      spec: {
        containers: [{ name: 'm', image: 'web' }],
        volumes: [{ name: 'm', image: { reference } }],
      },
    });
    assert.deepEqual(imageChanges(withVolume('a'), withVolume('b')), {
      'volume/m': { from: 'a', to: 'b' },
    });
  });

  it('keeps a container whose name is __proto__', () => {
    const odd: PodTemplate = { spec: { containers: [{ name: '__proto__', image: 'a' }] } };
    assert.equal(
      JSON.stringify(imageChanges(undefined, odd)),
      '{"__proto__":{"from":null,"to":"a"}}',
    );
  });

  it('is empty between a template and its copy, whatever it holds', () => {
    fc.assert(
      fc.property(anyTemplate, template => {
        const copy = structuredClone(template);
        assert.deepEqual(imageChanges(template as PodTemplate, copy as PodTemplate), {});
      }),
    );
  });
});

describe('isSameImage', () => {
  const digest = `@sha256:${'a'.repeat(64)}`;
  for (const [a, b, same] of [
    ['nginx', 'nginx:latest', true],
    [`nginx:1${digest}`, `nginx:2${digest}`, true],
    ['nginx:1', 'nginx:2', false],
    ['nginx', `nginx${digest}`, false],
    ['not a reference', 'not a reference', true],
    ['not a reference', 'neither is this', false],
  ] as const) {
    it(`finds ${a.slice(0, 20)} and ${b.slice(0, 20)} ${same ? 'equal' : 'different'}`, () => {
      assert.equal(isSameImage(a, b), same);
    });
  }
});
