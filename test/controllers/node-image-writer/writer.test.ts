import assert from 'node:assert/strict';
import type { NodeImageSpec } from '../../../api/node-image.ts';
import { NODE_IMAGES } from '../../../api/resources.ts';
import type { SpecChange } from '../../../controllers/node-image-writer/writer.ts';
import { KubeError } from '../../../kube/kube-error.ts';
import { defer } from '../../support/defer.ts';
import { settle } from '../../support/fake-clock.ts';
import { startWriter } from './writer-world.ts';

const adding =
  (name: string): SpecChange =>
  ({ spec }) => ({ images: { ...spec.images, [name]: { tags: [{ tag: 'v1' }] } } });

const signal = new AbortController().signal;

describe('NodeImageWriter', () => {
  it('merges what several jobs want on one node into one write', async () => {
    await using world = await startWriter();
    const outcomes = await Promise.all(
      ['a', 'b', 'c'].map(name => world.writer.change('node-1', adding(name), signal)),
    );
    assert.deepEqual(world.images(), ['a', 'b', 'c']);
    assert.equal(world.patches(), 1);
    assert.ok(outcomes.every(({ kind }) => kind === 'done'));
  });

  it('writes one node one at a time, and what comes meanwhile in the next write', async () => {
    await using world = await startWriter();
    const gate = defer<void>();
    world.kube.before = ({ verb }) => (verb === 'patch' ? gate.promise : undefined);
    const first = world.writer.change('node-1', adding('a'), signal);
    await settle();
    const later = [
      world.writer.change('node-1', adding('b'), signal),
      world.writer.change('node-1', adding('c'), signal),
    ];
    await settle();
    assert.equal(world.patches(), 1);
    gate.resolve();
    await Promise.all([first, ...later]);
    assert.deepEqual(world.images(), ['a', 'b', 'c']);
    assert.equal(world.patches(), 2);
  });

  it('keeps at most 32 writes in flight', async () => {
    const nodes = Array.from({ length: 100 }, (_, index) => `node-${index}`);
    await using world = await startWriter(nodes);
    const gate = defer<void>();
    world.kube.before = ({ verb }) => (verb === 'patch' ? gate.promise : undefined);
    const all = nodes.map(name => world.writer.change(name, adding('a'), signal));
    await settle();
    assert.equal(world.patches(), 32);
    gate.resolve();
    await Promise.all(all);
    assert.equal(world.patches(), 100);
  });

  it('takes the newest copy after a conflict and keeps what others wrote', async () => {
    await using world = await startWriter();
    let raced = false;
    world.kube.before = async ({ verb }) => {
      if (verb !== 'patch' || raced) return;
      raced = true;
      const body = { spec: { images: { theirs: { tags: [{ tag: 'v1' }] } } } };
      await world.kube.patch(NODE_IMAGES, { name: 'node-1' }, { type: 'merge', body });
    };
    await world.writer.change('node-1', adding('ours'), signal);
    assert.deepEqual(world.images(), ['theirs', 'ours']);
  });

  it('takes a patch of paths that have just gone for a conflict', async () => {
    await using world = await startWriter();
    await world.writer.change('node-1', adding('a'), signal);
    await settle();
    let raced = false;
    world.kube.before = async ({ verb }) => {
      if (verb !== 'patch' || raced) return;
      raced = true;
      await world.kube.patch(
        NODE_IMAGES,
        { name: 'node-1' },
        { type: 'json', operations: [{ op: 'remove', path: '/spec/images' }] },
      );
    };
    await world.writer.change('node-1', adding('b'), signal);
    assert.deepEqual(world.images(), ['b']);
  });

  it('a change that is refused leaves the others of its node alone', async () => {
    await using world = await startWriter();
    const refusal = { reason: 'NodeImageFull', message: 'full' };
    const [refused, done] = await Promise.all([
      world.writer.change('node-1', () => ({ refused: refusal }), signal),
      world.writer.change('node-1', adding('a'), signal),
    ]);
    assert.deepEqual(refused, { kind: 'refused', refusal });
    assert.equal(done?.kind, 'done');
    assert.deepEqual(world.images(), ['a']);
  });

  it('writes nothing when nothing changes, and says when there is no such node', async () => {
    await using world = await startWriter();
    const same: SpecChange = ({ spec }): NodeImageSpec => spec;
    assert.equal((await world.writer.change('node-1', same, signal)).kind, 'done');
    assert.equal((await world.writer.change('gone', adding('a'), signal)).kind, 'gone');
    assert.equal(world.patches(), 0);
  });

  it('a failure of one node is its own, and the next change of it is tried', async () => {
    await using world = await startWriter(['node-1', 'node-2']);
    let fails = true;
    world.kube.before = ({ verb, name }) => {
      if (fails && verb === 'patch' && name === 'node-1')
        throw new KubeError('down', { status: 500 });
    };
    const results = await Promise.allSettled([
      world.writer.change('node-1', adding('a'), signal),
      world.writer.change('node-2', adding('a'), signal),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['rejected', 'fulfilled'],
    );
    fails = false;
    await world.writer.change('node-1', adding('b'), signal);
    assert.deepEqual(world.images(), ['b']);
  });

  it('gives up after some conflicts in a row', async () => {
    await using world = await startWriter();
    world.kube.before = ({ verb }) => {
      if (verb === 'patch') throw new KubeError('changed', { status: 409, reason: 'Conflict' });
    };
    await assert.rejects(world.writer.change('node-1', adding('a'), signal), /changed/);
    assert.equal(world.patches(), 6);
  });

  it('waits as long as the API server asks, in the slots it has', async () => {
    const nodes = Array.from({ length: 40 }, (_, index) => `node-${index}`);
    await using world = await startWriter(nodes);
    let busy = true;
    world.kube.before = ({ verb }) => {
      if (busy && verb === 'patch') {
        throw new KubeError('busy', { status: 429, retryAfterMs: 8_000 });
      }
    };
    const all = Promise.all(nodes.map(name => world.writer.change(name, adding('a'), signal)));
    await world.kube.clock.advance(7_999);
    assert.equal(world.patches(), 32);
    busy = false;
    await world.kube.clock.advance(12_001);
    assert.ok((await all).every(({ kind }) => kind === 'done'));
    assert.equal(world.patches(), 32 + 40);
  });

  it('ends a write that takes too long for a leader', async () => {
    await using world = await startWriter();
    world.kube.before = ({ verb }) => (verb === 'patch' ? defer<void>().promise : undefined);
    const rejected = assert.rejects(
      world.writer.change('node-1', adding('a'), signal),
      /no answer/,
    );
    await world.kube.clock.advance(4_000);
    await rejected;
  });

  it('sends nothing more when the signal aborts, and waits for what it has sent', async () => {
    const nodes = Array.from({ length: 40 }, (_, index) => `node-${index}`);
    await using world = await startWriter(nodes);
    const answered = defer<void>();
    world.kube.before = ({ verb }) => (verb === 'patch' ? answered.promise : undefined);
    const abort = new AbortController();
    let ended = 0;
    const all = nodes.map(name =>
      world.writer.change(name, adding('a'), abort.signal).finally(() => ended++),
    );
    const results = Promise.allSettled(all);
    await settle();
    abort.abort(new Error('lease lost'));
    await settle();
    assert.equal(ended, 8, 'those that waited for a slot');
    answered.resolve();
    const made = (await results).filter(({ status }) => status === 'fulfilled');
    assert.equal(made.length, 32);
    assert.equal(world.patches(), 32);
  });
});
