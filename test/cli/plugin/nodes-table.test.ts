import assert from 'node:assert/strict';
import type { ImageTagStatus, NodeImage } from '../../../api/node-image.ts';
import { counts, matrix, nodeRows } from '../../../cli/plugin/nodes-table.ts';
import {
  compareNames,
  imagesNamed,
  warmImages,
  warmImagesOfJobs,
} from '../../../cli/plugin/warm-images.ts';
import { HALF, NOW } from './jobs.ts';

/** A node that wants nginx:1 and has this status of it. */
function node(name: string, status: Partial<ImageTagStatus> | undefined, tag = '1'): NodeImage {
  const tags =
    status === undefined ? [] : [{ tag, version: 1, phase: 'Pulling', ...status } as const];
  return {
    metadata: { name },
    spec: { images: { nginx: { tags: [{ tag, version: 1 }] } } },
    status: { desired: 1, imageStatuses: { nginx: { tags } } },
  };
}

const completionTime = '2026-01-01T12:00:00Z';
const NODES = [
  node('node-10', { phase: 'Succeeded', completionTime }),
  node('node-2', { phase: 'Pulling', progress: 40 }),
  node('node-3', {
    phase: 'Failed',
    reason: 'NotFound',
    message: 'manifest\nunknown',
    completionTime,
  }),
  node('node-4', undefined),
  node('node-5', { phase: 'Succeeded', version: 0 }),
];

describe('images on nodes', () => {
  it('are a matrix for few nodes', () => {
    const names = [...NODES.map(({ metadata }) => metadata.name), 'empty'].sort(compareNames);
    assert.equal(
      matrix(warmImages(NODES), names).join('\n'),
      [
        'IMAGE     empty   node-2        node-3   node-4    node-5    node-10',
        'nginx:1   -       pulling 40%   failed   waiting   waiting   warm',
      ].join('\n'),
    );
  });

  it('are counts for many', () => {
    const others = Array.from({ length: 50 }, (_, i) =>
      node(`n-${i}`, { phase: 'Succeeded' }, '2'),
    );
    assert.equal(
      counts(warmImages([...NODES, ...others])).join('\n'),
      [
        'IMAGE     WARM    PULLING   WAITING   FAILED',
        'nginx:1   1/5     1         2         1',
        'nginx:2   50/50   0         0         0',
      ].join('\n'),
    );
  });

  it('are listed node by node for one image', () => {
    const [image] = warmImages(NODES);
    assert.ok(image);
    assert.equal(
      nodeRows(image, { now: NOW, all: false }).join('\n'),
      [
        'NODE      IMAGE     STATE         SINCE   MESSAGE',
        'node-2    nginx:1   pulling 40%   -',
        'node-3    nginx:1   failed        2m      NotFound: manifest unknown',
        'node-4    nginx:1   waiting       -',
        'node-5    nginx:1   waiting       -',
        'node-10   nginx:1   warm          2m',
      ].join('\n'),
    );
  });

  it('of many nodes are listed where something is left to do', () => {
    const warm = Array.from({ length: 50 }, (_, i) => node(`n-${i}`, { phase: 'Succeeded' }));
    const [image] = warmImages([...warm, node('late', undefined)]);
    assert.ok(image);
    assert.deepEqual(nodeRows(image, { now: NOW, all: false }), [
      'NODE   IMAGE     STATE     SINCE   MESSAGE',
      'late   nginx:1   waiting   -',
      'nginx:1 is warm on 50 of 51 nodes; -o wide names them',
    ]);
    assert.equal(nodeRows(image, { now: NOW, all: true }).length, 52);
  });

  it('are found by any spelling, and without a tag by all of them', () => {
    const images = warmImages([...NODES, node('other', undefined, '2')]);
    const named = (text: string): string[] => imagesNamed(images, text).map(({ image }) => image);
    assert.deepEqual(named('docker.io/library/nginx:1'), ['nginx:1']);
    assert.deepEqual(named('nginx'), ['nginx:1', 'nginx:2']);
    assert.deepEqual(named('nginx:3'), []);
    assert.deepEqual(named('No Image'), []);
  });

  it('are counted from jobs where NodeImages cannot be read', () => {
    assert.deepEqual(counts(warmImagesOfJobs([HALF])), [
      'IMAGE        WARM   PULLING   WAITING   FAILED',
      'nginx:1.27   5/10   2         3         0',
    ]);
  });
});
