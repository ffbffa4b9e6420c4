import assert from 'node:assert/strict';
import type { NodeImage } from '../../api/node-image.ts';
import { TagWatch } from '../../bench/tag-watch.ts';

interface Tag {
  readonly owner: string;
  readonly ended?: boolean;
}

/** A node with one image for each tag. */
function node(name: string, ...tags: readonly Tag[]): NodeImage {
  const images = tags.map(({ owner }, index) => [
    `image-${index}`,
    { tags: [{ tag: '1', version: 0, ownerReferences: [{ uid: owner }] }] },
  ]);
  const statuses = tags.flatMap(({ ended = false }, index) =>
    ended ? [[`image-${index}`, { tags: [{ tag: '1', version: 0, phase: 'Succeeded' }] }]] : [],
  );
  return {
    metadata: { name },
    spec: { images: Object.fromEntries(images) },
    status: { desired: tags.length, imageStatuses: Object.fromEntries(statuses) },
  };
}

describe('TagWatch', () => {
  const told: string[] = [];
  let watch: TagWatch;
  beforeEach(() => {
    told.length = 0;
    watch = new TagWatch({
      onFirstTag: () => told.push('first tag'),
      onLastTagGone: () => told.push('last tag gone'),
    });
  });
  const see = (object: NodeImage): void => watch.see({ type: 'added', object });

  it('knows the most unfinished pulls of each job at one time', () => {
    see(node('a', { owner: 'x' }));
    see(node('b', { owner: 'x' }, { owner: 'y' }));
    see(node('a', { owner: 'x', ended: true }));
    see(node('c', { owner: 'x' }));
    assert.deepEqual(watch.mostAtOnce, { x: 2, y: 1 });
  });

  it('counts a node no longer that is gone', () => {
    see(node('a', { owner: 'x' }));
    watch.see({ type: 'deleted', object: node('a', { owner: 'x' }) });
    see(node('b', { owner: 'x' }));
    assert.deepEqual(watch.mostAtOnce, { x: 1 });
  });

  it('tells of the first tag of each job, and when no node has a tag any more', () => {
    see(node('a', { owner: 'x' }));
    see(node('b', { owner: 'x' }));
    see(node('a', { owner: 'y' }));
    see(node('a'));
    assert.deepEqual(told, ['first tag', 'first tag']);
    see(node('b'));
    assert.deepEqual(told, ['first tag', 'first tag', 'last tag gone']);
  });
});
