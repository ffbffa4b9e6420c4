import assert from 'node:assert/strict';
import { DownloadProgress } from '../../../daemon/containerd/download-progress.ts';
import { CriError } from '../../../daemon/cri/cri-error.ts';
import { FakeContentStore } from './fake-content-store.ts';

const CONFIG_LABEL = 'containerd.io/gc.ref.content.config';

describe('DownloadProgress', () => {
  let store: FakeContentStore;
  let lease: string;
  const call = { signal: new AbortController().signal, deadlineMs: 1_000 };
  beforeEach(async () => {
    store = new FakeContentStore();
    lease = await store.createLease({}, call);
  });

  const addBlob = (digest: string, sizeBytes: number): void => {
    store.blobs.set(digest, { sizeBytes, labels: {}, updatedAtMs: 0 });
  };
  const addManifest = (
    digest: string,
    layers: Readonly<Record<string, number>>,
    updatedAtMs = 0,
  ): void => {
    const manifest = {
      config: { digest: 'sha256:config', size: 10 },
      layers: Object.entries(layers).map(([layer, size]) => ({ digest: layer, size })),
    };
    const bytes = Buffer.from(JSON.stringify(manifest));
    const labels = { [CONFIG_LABEL]: 'sha256:config' };
    store.blobs.set(digest, { sizeBytes: bytes.length, labels, updatedAtMs, bytes });
    store.leases.get(lease)?.held.push({ type: 'content', id: digest });
  };
  const sample = () => new DownloadProgress(store, lease).sample(call);

  it('adds up what is complete and what is under way', async () => {
    addManifest('sha256:m', { 'sha256:a': 100, 'sha256:b': 200, 'sha256:c': 300 });
    addBlob('sha256:config', 10);
    addBlob('sha256:a', 100);
    store.running = [{ name: 'layer-sha256:b', doneBytes: 50 }];
    assert.deepEqual(await sample(), { bytesDone: 160, bytesTotal: 610 });
  });

  it('counts no download of another image', async () => {
    addManifest('sha256:m', { 'sha256:a': 100 });
    store.running = [{ name: 'layer-sha256:foreign', doneBytes: 50 }];
    assert.deepEqual(await sample(), { bytesDone: 0, bytesTotal: 110 });
  });

  it('knows nothing before the manifest is there', async () => {
    store.running = [{ name: 'manifest-sha256:m', doneBytes: 0 }];
    assert.equal(await sample(), undefined);
  });

  it('follows the manifest that was used last: a tag may have moved', async () => {
    addManifest('sha256:old', { 'sha256:a': 100 }, 1);
    addManifest('sha256:new', { 'sha256:b': 200 }, 2);
    assert.deepEqual(await sample(), { bytesDone: 0, bytesTotal: 210 });
  });

  it('knows nothing when the store does not answer', async () => {
    store.before = () => {
      throw new CriError('Timeout', 'no answer');
    };
    assert.equal(await sample(), undefined);
  });

  it('does not ask again for what is complete', async () => {
    addManifest('sha256:m', { 'sha256:a': 100 });
    addBlob('sha256:config', 10);
    addBlob('sha256:a', 100);
    const progress = new DownloadProgress(store, lease);
    await progress.sample(call);
    const asked: string[] = [];
    store.before = method => void asked.push(method);
    assert.deepEqual(await progress.sample(call), { bytesDone: 110, bytesTotal: 110 });
    assert.deepEqual(asked, ['downloads']);
  });
});
