import assert from 'node:assert/strict';
import type { FoundCredentials } from '../../daemon/credentials/credential-source.ts';
import { defer } from '../support/defer.ts';
import { FakeContentStore } from './containerd/fake-content-store.ts';
import { fails } from './fake-runtime.ts';
import { PullWorld } from './pull-world.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('attemptPull', () => {
  let world: PullWorld;
  let { runtime }: PullWorld = new PullWorld();
  beforeEach(() => {
    world = new PullWorld();
    ({ runtime } = world);
  });
  const run: PullWorld['run'] = (...args) => world.run(...args);

  it('sends the sandbox configuration and says who pulls', async () => {
    await run();
    assert.deepEqual(runtime.pulls, [
      {
        image: 'nginx:1',
        credential: undefined,
        labels: { app: 'x' },
        annotations: { team: 'y', 'apps.kruise.io/pulling-image-by': 'headstart-daemon' },
        lease: undefined,
      },
    ]);
  });

  it('pulls a digest by name@digest and keeps a digest reference that the runtime answers', async () => {
    runtime.answer(() => `docker.io/library/nginx@${DIGEST}`);
    const { outcome } = await run({ tag: DIGEST });
    assert.equal(runtime.pulls[0]?.image, `nginx@${DIGEST}`);
    assert.deepEqual(outcome, { kind: 'pulled', imageID: `docker.io/library/nginx@${DIGEST}` });
  });

  describe('on containerd', () => {
    let store: FakeContentStore;
    beforeEach(() => {
      store = new FakeContentStore();
      runtime.store = store;
    });

    it('pulls under a lease, which stays when the attempt fails', async () => {
      runtime.answer(fails('PullFailed', 'connection reset'));
      await run({ pullPolicy: { backoffLimit: 0 } });
      assert.deepEqual(
        runtime.pulls.map(({ lease }) => lease),
        [...store.leases.keys()],
      );
      assert.equal(store.leases.size, 1);
    });

    it('opens its lease while credentials are looked for', async () => {
      const found = defer<FoundCredentials>();
      world.find = () => found.promise;
      await run();
      assert.deepEqual([store.leases.size, runtime.pulls.length], [1, 0]);
      found.resolve({ credentials: [], problems: [] });
      await world.clock.advance(0);
      assert.equal(runtime.pulls.length, 1);
    });

    it('keeps nothing of what did not fit on the disk', async () => {
      runtime.answer(fails('DiskFull', 'no space left on device'));
      const running = await run();
      assert.equal(running.hasEnded, false);
      assert.equal(store.leases.size, 0);
      running.abort.abort();
      await world.clock.advance(0);
    });

    it('tells how far it is', async () => {
      const blob = { sizeBytes: 10, labels: {}, updatedAtMs: 0 };
      const manifest = { config: { digest: 'sha256:c', size: 10 }, layers: [] };
      runtime.answer(async ({ lease = '' }, signal) => {
        store.leases.get(lease)?.held.push({ type: 'content', id: 'sha256:m' });
        await world.clock.sleep(3_000, signal);
        return 'sha256:id';
      });
      store.blobs.set('sha256:c', blob);
      store.blobs.set('sha256:m', {
        ...blob,
        labels: { 'containerd.io/gc.ref.content.config': 'sha256:c' },
        bytes: Buffer.from(JSON.stringify(manifest)),
      });
      const { bytes, outcome } = await run({}, 3_000);
      assert.deepEqual(bytes, [{ bytesDone: 10, bytesTotal: 10 }]);
      assert.equal(outcome?.kind, 'pulled');
    });
  });

  describe('credentials', () => {
    const user = (username: string) => ({ username, password: 'pw' });
    const tried = () => runtime.pulls.map(({ credential }) => credential?.username);

    it('are asked for by the whole name of the repository and by the jobs', async () => {
      await run({ ownerReferences: [{ kind: 'ImagePullJob', namespace: 'team-a', name: 'job' }] });
      const [request] = world.asked;
      assert.equal(request?.repository, 'docker.io/library/nginx');
      assert.deepEqual(request?.pullSecrets, [{ namespace: 'ns', name: 'pull' }]);
      assert.deepEqual(request?.jobs, ['team-a/job']);
      assert.equal(request?.fresh, false);
    });

    it('are tried in turn until one is good', async () => {
      world.found = { credentials: ['a', 'b', 'c'].map(user), problems: [] };
      runtime.answer(fails('Unauthorized', '401'), () => 'sha256:id');
      assert.equal((await run()).outcome?.kind, 'pulled');
      assert.deepEqual(tried(), ['a', 'b']);
    });

    it('are never followed by an anonymous pull', async () => {
      world.found = { credentials: [user('a')], problems: [] };
      runtime.answer(fails('Unauthorized', '401'));
      await run({ pullPolicy: { backoffLimit: 0 } });
      assert.deepEqual(tried(), ['a']);
    });

    it('are not tried in turn when no other could help', async () => {
      world.found = { credentials: [user('a'), user('b')], problems: [] };
      runtime.answer(fails('DiskFull', 'no space left on device'));
      await run({ pullPolicy: { backoffLimit: 0 } });
      assert.deepEqual(tried(), ['a']);
    });

    it('that are missing are named when the pull fails', async () => {
      world.found = { credentials: [], problems: ['pull secret ns/pull not found'] };
      runtime.answer(fails('Unauthorized', '401 Unauthorized'));
      const { outcome } = await run({ pullPolicy: { backoffLimit: 0 } });
      assert.equal(outcome?.kind, 'failed');
      assert.equal(outcome.message, 'pull secret ns/pull not found; 401 Unauthorized');
    });
  });
});
