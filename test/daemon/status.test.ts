import assert from 'node:assert/strict';
import type { ImageTagStatus, NodeImage } from '../../api/node-image.ts';
import { nodeImageStatus } from '../../daemon/status.ts';
import { finished, nodeImage, statusWith, tagSpec } from './node-images.ts';

const NOW = '2026-01-01T00:00:09Z';

const statusOf = (object: NodeImage, known: Record<string, ImageTagStatus> = {}) =>
  nodeImageStatus(object, (name, tag, version) => known[`${name}:${tag} v${version}`], NOW);

describe('nodeImageStatus', () => {
  it('counts tags by phase and sorts them', () => {
    const object = nodeImage(
      { nginx: ['b', 'a', 'c'].map(tag => tagSpec(tag)), redis: [tagSpec('7')] },
      statusWith({ nginx: [finished('a'), finished('b', { phase: 'Failed' })] }),
    );
    const pulling = { tag: '7', version: 0, phase: 'Pulling' } as const;
    assert.deepEqual(statusOf(object, { 'redis:7 v0': pulling }), {
      desired: 4,
      succeeded: 1,
      failed: 1,
      pulling: 1,
      waiting: 1,
      imageStatuses: {
        nginx: {
          tags: [
            finished('a'),
            finished('b', { phase: 'Failed' }),
            { tag: 'c', version: 0, phase: 'Waiting' },
          ],
        },
        redis: { tags: [pulling] },
      },
    });
  });

  it('keeps a result of the current version as it was written, by whomever', () => {
    const result = { ...finished('1', { version: 2 }), foreign: 'field' };
    const object = nodeImage(
      { nginx: [tagSpec('1', { version: 2 })] },
      statusWith({ nginx: [result] }),
    );
    const known = { tag: '1', version: 2, phase: 'Pulling' } as const;
    const status = statusOf(object, { 'nginx:1 v2': known });
    assert.deepEqual(status.imageStatuses?.['nginx']?.tags, [result]);
  });

  it('shows no result of another version', () => {
    const object = nodeImage(
      { nginx: [tagSpec('1', { version: 2 })] },
      statusWith({ nginx: [finished('1', { version: 1 })] }),
    );
    assert.equal(statusOf(object).waiting, 1);
  });

  it('drops tags and images that are not wanted', () => {
    const object = nodeImage(
      { nginx: [] },
      statusWith({ nginx: [finished('1')], redis: [finished('7')] }),
    );
    const { desired, imageStatuses } = statusOf(object);
    assert.deepEqual({ desired, imageStatuses }, { desired: 0, imageStatuses: {} });
  });

  describe('firstSyncStatus', () => {
    const two = { nginx: [tagSpec('1'), tagSpec('2')] };

    it('is set when everything that is wanted has a result', () => {
      const object = nodeImage(two, statusWith({ nginx: [finished('1'), finished('2')] }));
      assert.deepEqual(statusOf(object).firstSyncStatus, {
        syncAt: NOW,
        status: 'Succeeded',
        message: '2 succeeded, 0 failed',
      });
    });

    it('says Failed when a pull failed', () => {
      const failed = finished('2', { phase: 'Failed' });
      const object = nodeImage(two, statusWith({ nginx: [finished('1'), failed] }));
      assert.equal(statusOf(object).firstSyncStatus?.status, 'Failed');
    });

    it('waits for the last pull', () => {
      const object = nodeImage(two, statusWith({ nginx: [finished('1')] }));
      assert.equal(statusOf(object).firstSyncStatus, undefined);
    });

    it('waits for a first wish', () => {
      assert.equal(statusOf(nodeImage({})).firstSyncStatus, undefined);
    });

    it('never changes once it is set', () => {
      const firstSyncStatus = { syncAt: 'before', status: 'Failed' } as const;
      const status = { ...statusWith({ nginx: [finished('1')] }), firstSyncStatus };
      assert.deepEqual(statusOf(nodeImage(two, status)).firstSyncStatus, firstSyncStatus);
    });
  });

  it('leaves the messages of others as they are, however long', () => {
    const result = finished('1', { phase: 'Failed', message: 'x'.repeat(2_000) });
    const object = nodeImage({ nginx: [tagSpec('1')] }, statusWith({ nginx: [result] }));
    assert.deepEqual(statusOf(object).imageStatuses?.['nginx']?.tags, [result]);
  });

  it('shortens messages when there are so many that the API server would refuse them', () => {
    const failed = (tag: string) => finished(tag, { phase: 'Failed', message: 'é'.repeat(512) });
    const tags = Array.from({ length: 2_000 }, (_, index) => `t${index}`);
    const object = nodeImage(
      { nginx: tags.map(tag => tagSpec(tag)) },
      statusWith({ nginx: tags.map(failed) }),
    );
    const { imageStatuses = {} } = nodeImageStatus(object, () => undefined, NOW);
    const messages = (imageStatuses['nginx']?.tags ?? []).map(({ message = '' }) => message);
    const bytes = messages.reduce((sum, message) => sum + Buffer.byteLength(message), 0);
    assert.ok(bytes <= 256 * 1024, `${bytes} bytes`);
    assert.ok(messages.every(message => /^é+…$/.test(message)));
  });
});
