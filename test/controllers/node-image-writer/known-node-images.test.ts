import assert from 'node:assert/strict';
import { NODE_IMAGES } from '../../../api/resources.ts';
import type { SpecChange } from '../../../controllers/node-image-writer/writer.ts';
import { KubeError } from '../../../kube/kube-error.ts';
import { settle } from '../../support/fake-clock.ts';
import { lagging } from '../lagging.ts';
import { startWriter } from './writer-world.ts';

const signal = new AbortController().signal;

describe('KnownNodeImages', () => {
  const owned =
    (uid: string): SpecChange =>
    () => ({
      images: { nginx: { tags: [{ tag: 'v1', ownerReferences: [{ uid }] }] } },
    });

  it('shows a write before the cache does, then what the cache has', async () => {
    await using world = await startWriter();
    const writing = world.writer.change('node-1', owned('job'), signal);
    await writing;
    assert.deepEqual([...world.known.ownedBy('job')], ['node-1']);
    await settle();
    await world.kube.patch(
      NODE_IMAGES,
      { name: 'node-1' },
      { type: 'merge', body: { spec: { images: null } } },
    );
    await settle();
    assert.deepEqual([...world.known.ownedBy('job')], []);
    assert.deepEqual(world.known.get('node-1')?.spec, {});
  });

  it('knows a status that a read brought before the cache has it, and no circle begins', async () => {
    let release = (): void => {};
    await using world = await startWriter(['node-1'], kube => {
      const late = lagging(kube);
      release = late.release;
      return late.client;
    });
    const status = { imageStatuses: { nginx: { tags: [{ tag: 'v1', phase: 'Pulling' }] } } };
    const patch = { type: 'merge', body: { status } } as const;
    await world.kube.patch(NODE_IMAGES, { name: 'node-1' }, patch, { subresource: 'status' });
    await settle();
    assert.equal(world.known.get('node-1')?.status, undefined, 'the cache is late');
    const unlessItPulls: SpecChange = nodeImage =>
      nodeImage.status === undefined ? { images: {} } : (nodeImage.spec ?? {});
    await world.writer.change('node-1', unlessItPulls, signal);
    assert.deepEqual(world.known.get('node-1')?.status, status);
    assert.equal(world.patches(), 2, 'the one of the daemon and a conflict');
    await world.writer.change('node-1', unlessItPulls, signal);
    assert.equal(world.patches(), 2);
    release();
    await settle();
    assert.deepEqual(world.known.get('node-1')?.status, status);
  });

  it('lets no answer of a read hide what the cache has learned meanwhile', async () => {
    await using world = await startWriter();
    const before = world.known.cached('node-1');
    const old = await world.kube.get(NODE_IMAGES, { name: 'node-1' });
    const patch = { type: 'merge', body: { status: { desired: 1 } } } as const;
    await world.kube.patch(NODE_IMAGES, { name: 'node-1' }, patch, { subresource: 'status' });
    await settle();
    if (old !== undefined) world.known.record(old, before);
    assert.deepEqual(world.known.get('node-1')?.status, { desired: 1 });
  });

  it('forgets a NodeImage that was deleted, and one that was made anew', async () => {
    await using world = await startWriter();
    await world.writer.change('node-1', owned('job'), signal);
    await world.kube.delete(NODE_IMAGES, { name: 'node-1' });
    await settle();
    assert.equal(world.known.get('node-1'), undefined);
    await world.kube.create(NODE_IMAGES, { metadata: { name: 'node-1' }, spec: {} });
    await settle();
    assert.deepEqual([...world.known.ownedBy('job')], []);
    assert.deepEqual(
      [...world.known.list()].map(({ metadata }) => metadata.name),
      ['node-1'],
    );
  });

  it('lists again when the first list of a new leader fails', async () => {
    await using world = await startWriter();
    let fails = 2;
    world.kube.before = ({ verb }) => {
      if (verb === 'list' && fails-- > 0) throw new KubeError('away', { status: 503 });
    };
    const done = world.known.catchUp(signal);
    await world.kube.clock.advance(5_000);
    await done;
    assert.equal(fails, -1);
  });
});
