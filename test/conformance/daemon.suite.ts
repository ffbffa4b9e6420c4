import assert from 'node:assert/strict';
import type { ImageTagSpec, ImageTagStatus } from '../../api/node-image.ts';
import type { ContentStore } from '../../daemon/containerd/content-store.ts';
import { LEASE_LABEL } from '../../daemon/containerd/pull-lease.ts';
import { tagSpec } from '../daemon/node-images.ts';

/** An image that was pushed for a test. */
export interface PushedImage {
  /** Without tag. */
  readonly name: string;
  readonly digest: string;
  /** On the wire. */
  readonly bytes: number;
}

/** A node whose daemon watches its NodeImage, a container runtime, and a registry with a slow line. */
export interface DaemonSuiteWorld extends AsyncDisposable {
  /** Pushes a new image of several layers under each of `tags`. */
  push(name: string, seconds: number, ...tags: string[]): Promise<PushedImage>;
  /** Says what the NodeImage wants, and nothing else. */
  want(images: Readonly<Record<string, readonly ImageTagSpec[]>>): Promise<void>;
  status(name: string, tag: string): Promise<ImageTagStatus | undefined>;
  /** Bytes of layers that the registry has sent. */
  sentBytes(): number;
  /** What may be sent again for an open request that was cut. */
  readonly slackBytes: number;
  /** What a runtime that is killed has received and not yet written down. */
  readonly unwrittenBytes: number;
  until<T>(
    what: string,
    probe: () => Promise<T | undefined | false> | T | undefined | false,
  ): Promise<T>;
  startDaemon(): Promise<void>;
  /** Ends it as hard as this world can. */
  killDaemon(): Promise<void>;
  stopRuntime(): Promise<void>;
  startRuntime(): Promise<void>;
  /** From then on it accepts calls and answers none. */
  freezeRuntime(): void;
  thawRuntime(): void;
  /** Of the runtime, past the daemon. */
  readonly store: ContentStore;
}

const SLOW_SECONDS = 4;

/** What the daemon promises on any containerd. Starts one world and uses it for all cases. */
export function daemonSuite(start: () => Promise<DaemonSuiteWorld>): void {
  let world: DaemonSuiteWorld;
  before(async () => {
    world = await start();
    await world.startDaemon();
  });
  after(() => world?.[Symbol.asyncDispose]());
  afterEach(async () => {
    await world.want({});
    await world.until('no lease', noLeases);
  });

  const call = { signal: new AbortController().signal, deadlineMs: 5_000 };
  const noLeases = async (): Promise<boolean> =>
    (await world.store.leasesWith(LEASE_LABEL, call)).length === 0;
  const noDownloads = async (): Promise<boolean> =>
    (await world.store.downloads(call)).length === 0;
  const result = (name: string, tag: string, version = 0): Promise<ImageTagStatus> =>
    world.until(`a result of ${name}:${tag}`, async () => {
      const status = await world.status(name, tag);
      const isOver = status?.completionTime !== undefined && (status.version ?? 0) === version;
      return isOver && status;
    });
  const succeeds = async (name: string, tag: string, version = 0): Promise<ImageTagStatus> => {
    const status = await result(name, tag, version);
    assert.equal(status.phase, 'Succeeded', status.message);
    return status;
  };
  /** Wants a slow image and waits until a part of it has come. */
  const begin = async (
    name: string,
    spec: Partial<ImageTagSpec> = {},
    seconds: number = SLOW_SECONDS,
  ) => {
    const image = await world.push(name, seconds, '1');
    const before = world.sentBytes();
    await world.want({ [image.name]: [tagSpec('1', spec)] });
    await world.until('a part of it', () => world.sentBytes() - before > image.bytes * 0.5);
    return { image, sent: () => world.sentBytes() - before };
  };
  const assertNothingTwice = (sentBytes: number, image: PushedImage, unwrittenBytes = 0): void => {
    const again = sentBytes - image.bytes;
    assert.ok(again >= 0, `${-again} bytes are missing`);
    const isLittle = again <= world.slackBytes + unwrittenBytes;
    assert.ok(isLittle, `${again} of ${image.bytes} bytes were sent twice`);
  };

  it('pulls a tag, and a digest', async () => {
    const { name, digest } = await world.push('team/app', 0, '1');
    await world.want({ [name]: [tagSpec('1'), tagSpec(digest)] });
    const tagged = await succeeds(name, '1');
    const pinned = await succeeds(name, digest);
    assert.equal(tagged.progress, 100);
    assert.equal(pinned.imageID, tagged.imageID);
  });

  it('downloads once what two tags have in common', async () => {
    const image = await world.push('team/twins', 2, '1', '2');
    const before = world.sentBytes();
    await world.want({ [image.name]: [tagSpec('1'), tagSpec('2')] });
    await Promise.all([succeeds(image.name, '1'), succeeds(image.name, '2')]);
    assertNothingTwice(world.sentBytes() - before, image);
  });

  it('pulls several images at once', async () => {
    const images = await Promise.all(
      ['a', 'b', 'c', 'd'].map(name => world.push(`team/${name}`, 1, '1')),
    );
    await world.want(Object.fromEntries(images.map(({ name }) => [name, [tagSpec('1')]])));
    await Promise.all(images.map(({ name }) => succeeds(name, '1')));
  });

  it('says what is missing when an image does not exist', async () => {
    const { name } = await world.push('team/other', 0, '1');
    await world.want({ [name]: [tagSpec('missing', { pullPolicy: { backoffLimit: 0 } })] });
    const { phase, reason } = await result(name, 'missing');
    assert.deepEqual({ phase, reason }, { phase: 'Failed', reason: 'NotFound' });
  });

  it('tells how far a pull is, and that it is complete', async () => {
    const { image } = await begin('team/progress', {}, 8);
    const status = await world.until('progress', async () => {
      const seen = await world.status(image.name, '1');
      return seen?.bytesDone !== undefined && seen;
    });
    const { phase, progress = 0, bytesDone = 0, bytesTotal = 0, message } = status;
    assert.equal(phase, 'Pulling');
    assert.ok(progress > 10 && progress < 100, `${progress} %`);
    assert.ok(bytesDone > 0 && bytesDone < bytesTotal);
    assert.ok(Math.abs(bytesTotal - image.bytes) < 10_000, `${bytesTotal} of ${image.bytes}`);
    assert.match(message ?? '', /^pulled [\d.]+ of [\d.]+ MB$/);
    const end = await succeeds(image.name, '1');
    assert.deepEqual([end.progress, end.bytesDone, end.message], [100, bytesTotal, undefined]);
  });

  it('completes an image that takes longer than its timeout, and downloads nothing twice', async () => {
    const image = await world.push('team/slow', SLOW_SECONDS, '1');
    const before = world.sentBytes();
    const pullPolicy = { timeoutSeconds: 1, backoffLimit: 8 };
    await world.want({ [image.name]: [tagSpec('1', { pullPolicy })] });
    await succeeds(image.name, '1');
    assertNothingTwice(world.sentBytes() - before, image);
    await world.until('no lease', noLeases);
  });

  it('goes on where it was after the daemon died', async () => {
    const { image, sent } = await begin('team/restarted');
    await world.killDaemon();
    await world.startDaemon();
    await succeeds(image.name, '1');
    assertNothingTwice(sent(), image);
  });

  it('goes on where it was after the runtime died, which costs no attempt', async () => {
    const { image, sent } = await begin('team/outage', { pullPolicy: { backoffLimit: 0 } });
    await world.stopRuntime();
    await world.startRuntime();
    await succeeds(image.name, '1');
    assertNothingTwice(sent(), image, world.unwrittenBytes);
  });

  it('goes on where it was when another version is asked for', async () => {
    const { image, sent } = await begin('team/bumped', { imagePullPolicy: 'Always' });
    await world.want({ [image.name]: [tagSpec('1', { version: 1, imagePullPolicy: 'Always' })] });
    await succeeds(image.name, '1', 1);
    assertNothingTwice(sent(), image);
  });

  it('takes a runtime that hangs for an outage, says so, and goes on when it wakes up', async () => {
    const { image } = await begin('team/frozen', {
      pullPolicy: { timeoutSeconds: 4, backoffLimit: 0 },
    });
    world.freezeRuntime();
    const status = await world.until('the reason', async () => {
      const seen = await world.status(image.name, '1');
      return seen?.reason !== undefined && seen;
    });
    assert.deepEqual([status.phase, status.reason], ['Pulling', 'RuntimeUnavailable']);
    assert.match(status.message ?? '', /the container runtime gave no answer within 3 s/);
    world.thawRuntime();
    await succeeds(image.name, '1');
  });

  it('lets go of what nobody wants any longer', async () => {
    await begin('team/dropped');
    await world.want({});
    await world.until('no lease', noLeases);
    await world.until('no download', noDownloads);
  });

  it('lets go of what a daemon before it has left', async () => {
    await begin('team/left');
    await world.killDaemon();
    assert.equal(await noLeases(), false);
    await world.want({});
    await world.startDaemon();
    await world.until('no lease', noLeases);
    await world.until('no download', noDownloads);
  });

  it("leaves other people's leases alone", async () => {
    const labels = { 'example.com/owner': 'somebody' };
    const lease = await world.store.createLease(labels, call);
    await world.killDaemon();
    await world.startDaemon();
    const { name } = await world.push('team/last', 0, '1');
    await world.want({ [name]: [tagSpec('1')] });
    await succeeds(name, '1');
    await world.want({});
    await world.until('no lease of ours', noLeases);
    const left = await world.store.leasesWith('example.com/owner', call);
    assert.deepEqual(
      left.map(({ id }) => id),
      [lease],
    );
    await world.store.deleteLease(lease, call);
  });
}
