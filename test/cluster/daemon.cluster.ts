import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DAEMON_SECRETS_NAMESPACE } from '../../api/names.ts';
import type { ImageTagSpec, ImageTagStatus } from '../../api/node-image.ts';
import type { PullFailureReason } from '../../api/pull-failure.ts';
import { SECRETS } from '../../api/resources.ts';
import { LEASE_LABEL } from '../../daemon/containerd/pull-lease.ts';
import { type DaemonSuiteWorld, daemonSuite } from '../conformance/daemon.suite.ts';
import { tagSpec } from '../daemon/node-images.ts';
import { type DaemonMachine, startDaemonMachine } from './daemon-machine.ts';
import type { DaemonNode } from './daemon-node.ts';
import type { DoorTrouble } from './door-trouble.ts';
import { type LayeredImage, pushLayeredImage } from './layered-image.ts';
import { mustRun } from './process.ts';
import { until } from './until.ts';

const BYTES_PER_SECOND = 2_000_000;
/** What was on its way to a containerd that had gone, on each of its connections. */
const SLACK_BYTES = 200_000;
/** containerd writes a layer down by the MiB, and fetches the two of these images at once. */
const UNWRITTEN_BYTES = 2 << 20;

let machine: DaemonMachine;
let node: DaemonNode;
before(async () => {
  machine = await startDaemonMachine();
  machine.registry.door.limit(BYTES_PER_SECOND);
  node = await machine.addNode('node-1');
  node.daemon.start();
});
after(() => machine?.[Symbol.asyncDispose]());
afterEach(async function () {
  if (this.currentTest?.state === 'failed') console.log(await node.daemon.logTail());
});

const sentBytes = (): number =>
  machine.registry.door.requests.reduce((sum, { bytes }) => sum + bytes, 0);

describe('daemon on containerd', () => daemonSuite(suiteWorld));

async function suiteWorld(): Promise<DaemonSuiteWorld> {
  const { registry } = machine;
  return {
    async push(name, seconds, ...tags) {
      const half = (seconds * BYTES_PER_SECOND) / 2;
      const image = await pushLayeredImage(registry, name, tags, [half, half]);
      return { name: `${registry.host}/${name}`, ...image };
    },
    want: images => node.want(images),
    status: (name, tag) => node.status(name, tag),
    sentBytes,
    slackBytes: SLACK_BYTES,
    unwrittenBytes: UNWRITTEN_BYTES,
    until: (what, probe) => until(probe, { what, timeoutMs: 60_000 }),
    startDaemon: async () => {
      if (!node.daemon.isRunning) node.daemon.start();
    },
    killDaemon: () => node.daemon.kill(),
    stopRuntime: () => node.containerd.kill(),
    startRuntime: () => node.containerd.start(),
    freezeRuntime: () => node.containerd.signal('SIGSTOP'),
    thawRuntime: () => node.containerd.signal('SIGCONT'),
    store: node.runtime.store,
    [Symbol.asyncDispose]: async () => {},
  };
}

describe('daemon on containerd and a registry in trouble', () => {
  const call = { signal: new AbortController().signal, deadlineMs: 5_000 };
  const once = { pullPolicy: { backoffLimit: 0 } };
  /** A busy machine brings less in each try. */
  const impatient = { pullPolicy: { timeoutSeconds: 1, backoffLimit: 20 } };
  afterEach(async () => {
    machine.registry.door.troubleOf = () => undefined;
    await node.want({});
    await until(async () => (await node.runtime.store.leasesWith(LEASE_LABEL, call)).length === 0, {
      what: 'no lease',
    });
  });

  interface Wanted extends LayeredImage {
    readonly name: string;
    readonly before: number;
  }
  const push = async (repository: string, seconds = 0): Promise<Wanted> => {
    const { registry } = machine;
    const sizes = [1_000, seconds * BYTES_PER_SECOND];
    const image = await pushLayeredImage(registry, repository, ['1'], sizes);
    return { ...image, name: `${registry.host}/${repository}`, before: sentBytes() };
  };
  const want = (name: string, spec: Partial<ImageTagSpec> = {}) =>
    node.want({ [name]: [tagSpec('1', spec)] });
  const result = (name: string): Promise<ImageTagStatus> =>
    until(
      async () => {
        const status = await node.status(name, '1');
        return status?.completionTime !== undefined && status;
      },
      { what: `a result of ${name}` },
    );
  const succeeds = async (name: string): Promise<void> => {
    const { phase, message } = await result(name);
    assert.equal(phase, 'Succeeded', message);
  };
  const rangesOf = (repository: string): (string | undefined)[] =>
    machine.registry
      .downloads(repository)
      .map(({ range }) => range)
      .filter(range => range !== undefined);
  const seenIn = (path: string) => (request: { readonly path: string }) =>
    request.path.includes(path);

  it('asks only for missing bytes after a timeout', async () => {
    const { name, bytes, before } = await push('trouble/timeout', 3);
    await want(name, impatient);
    await succeeds(name);
    const again = sentBytes() - before - bytes;
    const ranges = rangesOf('trouble/timeout');
    console.log(`      asked for ${ranges.join(', ')}: ${again} of ${bytes} bytes came twice`);
    assert.ok(ranges.length > 0 && again >= 0 && again < SLACK_BYTES);
  });

  const answers: readonly [string, DoorTrouble, PullFailureReason][] = [
    ['401', { kind: 'answer', status: 401 }, 'Unauthorized'],
    ['403', { kind: 'answer', status: 403 }, 'Unauthorized'],
    ['404', { kind: 'answer', status: 404 }, 'NotFound'],
    ['429', { kind: 'answer', status: 429, headers: { 'retry-after': '7' } }, 'RateLimited'],
    ['500', { kind: 'answer', status: 500 }, 'PullFailed'],
    ['nothing', { kind: 'refuse' }, 'PullFailed'],
  ];
  for (const [answer, trouble, reason] of answers) {
    it(`says ${reason} when the registry answers ${answer}`, async () => {
      const { name } = await push(`trouble/answer-${answer}`);
      machine.registry.door.troubleOf = request =>
        request.path.includes('/trouble/') ? trouble : undefined;
      await want(name, once);
      const status = await result(name);
      assert.deepEqual([status.phase, status.reason], ['Failed', reason], status.message);
    });
  }

  it('tries again until a registry that was down is back, and says so meanwhile', async () => {
    const { name } = await push('trouble/down');
    machine.registry.door.troubleOf = () => ({ kind: 'refuse' });
    await want(name);
    const status = await until(
      async () => {
        const seen = await node.status(name, '1');
        return seen?.message !== undefined && seen;
      },
      { what: 'a message' },
    );
    assert.match(status.message ?? '', /^attempt \d of 4 failed: /);
    machine.registry.door.troubleOf = () => undefined;
    await succeeds(name);
  });

  it('goes on within one attempt when the connection is cut', async () => {
    const { name, bytes, before } = await push('trouble/cut', 2);
    let cuts = 0;
    machine.registry.door.troubleOf = request =>
      seenIn('/trouble/cut/blobs/')(request) && cuts++ < 3
        ? { kind: 'cut', afterBytes: 500_000 }
        : undefined;
    await want(name, once);
    await succeeds(name);
    assert.ok(sentBytes() - before < bytes + SLACK_BYTES);
  });

  it('asks for the rest after a stall', async () => {
    const { name, bytes, before } = await push('trouble/stall', 2);
    let stalls = 0;
    machine.registry.door.troubleOf = request =>
      seenIn('/trouble/stall/blobs/')(request) && stalls++ < 3
        ? { kind: 'stall', afterBytes: 500_000 }
        : undefined;
    await want(name, impatient);
    await succeeds(name);
    assert.ok(rangesOf('trouble/stall').length > 0);
    assert.ok(sentBytes() - before < bytes + SLACK_BYTES);
  });

  it('keeps its bytes over a rolling update of daemon and containerd', async () => {
    const { name, bytes, before } = await push('trouble/update', 3);
    await want(name, once);
    await until(() => sentBytes() - before > bytes * 0.3, { what: 'a part of it' });
    await node.daemon.stop();
    await node.containerd.stop();
    await node.containerd.start();
    node.daemon.start();
    await succeeds(name);
    assert.ok(sentBytes() - before < bytes + SLACK_BYTES);
  });

  it('pulls a short name from docker.io', async () => {
    await push('library/short');
    await want('short');
    await succeeds('short');
    assert.ok(await node.runtime.imageStatus('docker.io/library/short:1', call));
  });

  it('tries credentials in the order of kubelet, the most specific first', async () => {
    const { lockedRegistry } = machine;
    await lockedRegistry.push('team/locked:1');
    const { host, credentials } = lockedRegistry;
    const auths = {
      [host]: credentials,
      [`${host}/team`]: { username: 'stale', password: 'x' },
    };
    const namespace = DAEMON_SECRETS_NAMESPACE;
    const data = {
      '.dockerconfigjson': Buffer.from(JSON.stringify({ auths })).toString('base64'),
    };
    await machine.client.create(SECRETS, {
      metadata: { name: 'pull', namespace },
      type: 'kubernetes.io/dockerconfigjson',
      data,
    });
    const name = `${host}/team/locked`;
    await node.want({ [name]: [tagSpec('1')] }, { pullSecrets: [{ namespace, name: 'pull' }] });
    await succeeds(name);
    const names = lockedRegistry.door.seen.map(({ username }) => username);
    assert.ok(names.indexOf('stale') >= 0);
    assert.ok(names.indexOf('stale') < names.indexOf(credentials.username));
  });
});

describe('daemon on a small disk', () => {
  let small: DaemonNode;
  let folder: string;
  before(async () => {
    folder = join(machine.folder, 'small');
    await mustRun(['mkdir', '-p', folder]);
    await mustRun(['mount', '-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder]);
    machine.cleanup.defer('small disk', () => mustRun(['umount', '--lazy', folder]));
    machine.registry.door.limit(undefined);
    small = await machine.addNode('node-2', folder, [`--image-fs-dir=${folder}`]);
    small.daemon.start();
  });

  it('says that the disk is full, and keeps nothing of what did not fit', async () => {
    await pushLayeredImage(machine.registry, 'big/image', ['1'], [20_000_000, 20_000_000]);
    const name = `${machine.registry.host}/big/image`;
    await small.want({ [name]: [tagSpec('1', { pullPolicy: { backoffLimit: 0 } })] });
    const status = await until(
      async () => {
        const seen = await small.status(name, '1');
        return seen?.completionTime !== undefined && seen;
      },
      { what: 'the failure' },
    );
    assert.deepEqual([status.phase, status.reason], ['Failed', 'DiskFull'], status.message);
    const call = { signal: new AbortController().signal, deadlineMs: 5_000 };
    await until(async () => (await small.runtime.store.downloads(call)).length === 0, {
      what: 'free space',
    });
  });

  it('starts nothing above the high water, says so, and goes on when there is room', async () => {
    const filler = join(folder, 'filler');
    await mustRun(['fallocate', '--length', '21MiB', filler]);
    await pushLayeredImage(machine.registry, 'small/image', ['1'], [1_000]);
    const name = `${machine.registry.host}/small/image`;
    await small.want({ [name]: [tagSpec('1')] });
    const held = await until(
      async () => {
        const status = await small.status(name, '1');
        return status?.reason === 'InsufficientDisk' && status;
      },
      { what: 'the reason to wait' },
    );
    assert.equal(held.phase, 'Waiting');
    assert.deepEqual(machine.registry.downloads('small/image'), []);
    await mustRun(['rm', filler]);
    await until(async () => (await small.status(name, '1'))?.phase === 'Succeeded', {
      what: 'the image',
    });
  });
});
