import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { NODE_IMAGES } from '../../../api/resources.ts';
import { EVENT_STREAMS, EventStreams } from '../../../dashboard/server/event-stream.ts';
import { Feed } from '../../../dashboard/server/feed.ts';
import { EventParser } from '../../../dashboard/wire/event-stream.ts';
import { settle } from '../../support/fake-clock.ts';
import { FakeKube } from '../../support/fake-kube.ts';
import { nodeImageOf } from '../fleet.ts';
import { runCaches } from '../stage.ts';

/** A reader that takes what it is sent only when it is told to. */
function slowReader(highWaterMark = 16) {
  const pipe = new PassThrough({ highWaterMark, readableHighWaterMark: 1 });
  return {
    pipe,
    response: pipe as unknown as ServerResponse,
    /** Names of the events that came. */
    take: async (): Promise<string[]> => {
      const parser = new EventParser();
      const names: string[] = [];
      for (;;) {
        const piece = pipe.read() as Buffer | null;
        if (piece === null) return names;
        names.push(...parser.push(piece.toString()).map(({ event }) => event));
        await settle();
      }
    },
  };
}

async function world() {
  const kube = new FakeKube();
  kube.seed(NODE_IMAGES, nodeImageOf('a', 'idle'));
  const running = await runCaches(kube, kube.clock);
  const feed = new Feed(
    { maxPullsPerRegistry: 0, version: '1' },
    { caches: running.caches, clock: kube.clock },
  );
  const streams = new EventStreams(EVENT_STREAMS, { feed, clock: kube.clock });
  const abort = new AbortController();
  const ended = streams.run(abort.signal).catch(() => {});
  const pass = async (ms: number): Promise<void> => {
    await kube.clock.advance(ms);
    await settle();
  };
  return {
    kube,
    streams,
    pass,
    change: async (name: string): Promise<void> => {
      await kube.create(NODE_IMAGES, nodeImageOf(name, 'idle'));
      await settle();
      await pass(EVENT_STREAMS.tickMs);
    },
    stop: async (): Promise<void> => {
      abort.abort(new Error('the test ended'));
      await ended;
    },
    [Symbol.asyncDispose]: async () => {
      abort.abort(new Error('the test ended'));
      await ended;
      await running[Symbol.asyncDispose]();
    },
  };
}

describe('streams of the dashboard', () => {
  it('begin with a snapshot and go on with deltas', async () => {
    await using it = await world();
    const reader = slowReader(1e6);
    it.streams.open(reader.response);
    await it.change('b');
    assert.deepEqual(await reader.take(), ['snapshot', 'delta']);
  });

  it('keep nothing for a slow reader, who gets a snapshot once there is room', async () => {
    await using it = await world();
    const reader = slowReader();
    it.streams.open(reader.response);
    const held = reader.pipe.writableLength + reader.pipe.readableLength;
    for (const name of ['b', 'c', 'd']) await it.change(name);
    assert.equal(reader.pipe.writableLength + reader.pipe.readableLength, held);
    assert.deepEqual(await reader.take(), ['snapshot', 'snapshot']);
  });

  it('drop who takes nothing for too long', async () => {
    await using it = await world();
    const reader = slowReader();
    it.streams.open(reader.response);
    for (let at = 0; at < EVENT_STREAMS.stallMs; at += EVENT_STREAMS.tickMs) {
      assert.equal(reader.pipe.destroyed, false);
      await it.pass(EVENT_STREAMS.tickMs);
    }
    await it.pass(EVENT_STREAMS.tickMs);
    assert.equal(reader.pipe.destroyed, true);
  });

  it('beat while nothing happens, and end in the end, so that rights are looked at again', async () => {
    await using it = await world();
    const reader = slowReader(1e6);
    it.streams.open(reader.response);
    await reader.take();
    for (let at = 0; at < EVENT_STREAMS.heartbeatMs; at += EVENT_STREAMS.tickMs) {
      await it.pass(EVENT_STREAMS.tickMs);
    }
    assert.match(String(reader.pipe.read()), /^: beat/);
    const finished = once(reader.pipe, 'finish');
    for (let at = 0; at < EVENT_STREAMS.maxAgeMs; at += EVENT_STREAMS.tickMs) {
      await it.pass(EVENT_STREAMS.tickMs);
    }
    await finished;
  });

  it('have room for so many, and again for one who has gone', async () => {
    await using it = await world();
    const readers = Array.from({ length: EVENT_STREAMS.maxStreams }, () => slowReader(1e6));
    for (const { response } of readers) it.streams.open(response);
    assert.equal(it.streams.hasRoom, false);
    readers[0]?.pipe.destroy();
    await settle();
    assert.equal(it.streams.hasRoom, true);
  });

  it('end with the process', async () => {
    await using it = await world();
    const reader = slowReader(1e6);
    it.streams.open(reader.response);
    await it.stop();
    assert.equal(reader.pipe.writableEnded, true);
  });
});
