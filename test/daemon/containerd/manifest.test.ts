import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseManifest } from '../../../daemon/containerd/manifest.ts';

const parse = (value: unknown) => parseManifest(Buffer.from(JSON.stringify(value)));
const layer = (digest: string, size: unknown) => ({ digest, size });

describe('parseManifest', () => {
  it('finds the configuration and the layers, each digest once', () => {
    const config = layer('sha256:c', 10);
    const layers = [layer('sha256:a', 100), layer('sha256:b', 200), layer('sha256:a', 100)];
    assert.deepEqual(parse({ schemaVersion: 2, config, layers }), [
      { digest: 'sha256:c', sizeBytes: 10 },
      { digest: 'sha256:a', sizeBytes: 100 },
      { digest: 'sha256:b', sizeBytes: 200 },
    ]);
  });

  const others: readonly [string, unknown][] = [
    ['an index', { manifests: [layer('sha256:a', 1)] }],
    ['a manifest without configuration', { layers: [] }],
    ['a size that is no number', { config: layer('sha256:c', '1'), layers: [] }],
    ['a negative size', { config: layer('sha256:c', -1), layers: [] }],
    ['layers that are no list', { config: layer('sha256:c', 1), layers: {} }],
    ['a layer that is nothing', { config: layer('sha256:c', 1), layers: [null] }],
    ['a text', 'manifest'],
  ];
  for (const [name, value] of others) {
    it(`takes ${name} for no manifest`, () => assert.equal(parse(value), undefined));
  }

  it('takes anything without failing', () => {
    fc.assert(fc.property(fc.json(), text => void parseManifest(Buffer.from(text))));
    fc.assert(fc.property(fc.uint8Array(), bytes => parseManifest(bytes) === undefined));
  });
});
