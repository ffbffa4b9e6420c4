import assert from 'node:assert/strict';
import type { Credential } from '../../daemon/credentials/keyring.ts';
import type { CriError } from '../../daemon/cri/cri-error.ts';
import { createGrpcRuntime } from '../../daemon/cri/grpc-runtime.ts';
import type { PullRequest, RuntimeClient } from '../../daemon/cri/image-runtime.ts';
import { systemClock } from '../../runtime/clock.ts';
import { RawImageService } from './raw-image-service.ts';

/** An image that stands in a registry. */
export interface PullableImage {
  /** `host/name:tag` */
  readonly reference: string;
  /** Of its manifest. */
  readonly digest: string;
}

/** A runtime with an empty store, and registries it can reach. */
export interface ImageServiceWorld extends AsyncDisposable {
  readonly socketPath: string;
  readonly image: PullableImage;
  /** Takes between 0.3 and 5 s. */
  readonly slowImage: PullableImage;
  /** Whose registry wants the credential. */
  readonly lockedImage: PullableImage & { readonly credential: Credential };
  /** How often the content of an image was downloaded. */
  downloads(image: PullableImage): number;
}

/** What the daemon relies on in a container runtime. Simulated runtimes have to pass it, and real ones. */
export function imageServiceSuite(start: () => Promise<ImageServiceWorld>): void {
  let world: ImageServiceWorld;
  let runtime: RuntimeClient;
  let raw: RawImageService;
  before(async () => {
    world = await start();
    runtime = createGrpcRuntime(world.socketPath, { clock: systemClock });
    raw = new RawImageService(world.socketPath);
  });
  after(async () => {
    runtime.close();
    raw.close();
    await world[Symbol.asyncDispose]();
  });
  afterEach(async () => {
    for (const { id } of await raw.list()) await raw.remove(id);
  });

  const call = (deadlineMs = 30_000, signal = new AbortController().signal) => ({
    signal,
    deadlineMs,
  });
  const pull = (image: string, fields: Partial<PullRequest> = {}, options = call()) =>
    runtime.pullImage({ image, labels: {}, annotations: {}, ...fields }, options);
  const status = (image: string) => runtime.imageStatus(image, call());
  const nameOf = ({ reference }: PullableImage): string =>
    reference.slice(0, reference.lastIndexOf(':'));
  const byDigest = (image: PullableImage): string => `${nameOf(image)}@${image.digest}`;
  const rejectsWith = (reason: CriError['reason'], work: Promise<unknown>) =>
    assert.rejects(work, (error: CriError) => {
      assert.equal(error.reason, reason, error.message);
      return true;
    });

  it('says what it is', async () => {
    const { name, version } = await runtime.version(call());
    assert.notEqual(name, '');
    assert.notEqual(version, '');
  });

  it('pulls a tag and answers with the id of the image', async () => {
    const id = await pull(world.image.reference);
    assert.match(id, /^sha256:[0-9a-f]{64}$/);
    assert.deepEqual(await status(world.image.reference), { id });
  });

  it('lists an image under its tag and its digest', async () => {
    await pull(world.image.reference);
    const [image] = await raw.list();
    assert.deepEqual(image?.repoTags, [world.image.reference]);
    assert.deepEqual(image?.repoDigests, [byDigest(world.image)]);
    assert.ok(image.size > 0);
  });

  it('lists every image, whatever the filter', async () => {
    await pull(world.image.reference);
    assert.equal((await raw.list('elsewhere/other:1')).length, 1);
  });

  it('pulls a digest and gives the image no tag', async () => {
    const id = await pull(byDigest(world.image));
    assert.deepEqual(await status(byDigest(world.image)), { id });
    assert.equal(await status(world.image.reference), undefined);
  });

  it('pulls by tag and digest together as by digest', async () => {
    await pull(`${world.image.reference}@${world.image.digest}`);
    const [image] = await raw.list();
    assert.deepEqual(image?.repoTags, []);
    assert.deepEqual(image?.repoDigests, [byDigest(world.image)]);
  });

  it('downloads nothing again for what is there', async () => {
    const id = await pull(world.image.reference);
    const downloads = world.downloads(world.image);
    assert.equal(await pull(world.image.reference), id);
    assert.equal(world.downloads(world.image), downloads);
  });

  it('takes credentials for an open registry', async () => {
    await pull(world.image.reference, { credential: { username: 'any', password: 'body' } });
  });

  it('finds nothing under a name it does not have, and nothing under no name at all', async () => {
    assert.equal(await status(`${nameOf(world.image)}:absent`), undefined);
    assert.equal(await status('NOT A NAME'), undefined);
  });

  it('finds an image by its id and by a beginning of it', async () => {
    const id = await pull(world.image.reference);
    for (const text of [id, id.slice(0, 17), id.slice('sha256:'.length, 17)]) {
      assert.deepEqual(await status(text), { id });
    }
  });

  it('takes an empty name for a beginning of any id, which is why we never ask', async () => {
    const id = await pull(world.image.reference);
    assert.equal((await raw.status(''))?.id, id);
    await rejectsWith('InvalidReference', status(''));
  });

  it('says NotFound for a tag and for a digest that does not exist', async () => {
    await rejectsWith('NotFound', pull(`${nameOf(world.image)}:missing`));
    await rejectsWith('NotFound', pull(`${nameOf(world.image)}@sha256:${'0'.repeat(64)}`));
  });

  it('says InvalidReference for what is no name', async () => {
    await rejectsWith('InvalidReference', pull('UPPER:1'));
    await rejectsWith('InvalidReference', pull(`app:${world.image.digest}`));
  });

  it('says Unauthorized without credentials and with wrong ones', async () => {
    const { reference, credential } = world.lockedImage;
    await rejectsWith('Unauthorized', pull(reference));
    const wrong = { ...credential, password: 'wrong' };
    await rejectsWith('Unauthorized', pull(reference, { credential: wrong }));
  });

  it('pulls with the right credentials', async () => {
    const { reference, credential } = world.lockedImage;
    const id = await pull(reference, { credential });
    assert.deepEqual(await status(reference), { id });
  });

  it('takes credentials in base64 alone', async () => {
    const { reference, credential } = world.lockedImage;
    const { username, password } = credential;
    const auth = Buffer.from(`${username}:${password}`).toString('base64');
    assert.match(await raw.pull(reference, { auth }), /^sha256:/);
  });

  it('gives a pull up when it is cancelled', async () => {
    const abort = new AbortController();
    const pulling = pull(world.slowImage.reference, {}, call(30_000, abort.signal));
    await systemClock.sleep(150);
    abort.abort(new Error('nobody wants it'));
    await assert.rejects(pulling, /nobody wants it/);
    assert.equal(await status(world.slowImage.reference), undefined);
    assert.match(await pull(world.slowImage.reference), /^sha256:/);
  });

  it('gives a pull up when its deadline passes', async () => {
    await rejectsWith('Timeout', pull(world.slowImage.reference, {}, call(150)));
    assert.equal(await status(world.slowImage.reference), undefined);
  });

  it('downloads once for pulls of one image at the same time', async () => {
    const { slowImage } = world;
    const before = world.downloads(slowImage);
    const ids = await Promise.all([pull(slowImage.reference), pull(slowImage.reference)]);
    assert.equal(ids[0], ids[1]);
    assert.equal(world.downloads(slowImage), before + 1);
  });

  it('goes on for one caller when the other gives up', async () => {
    const abort = new AbortController();
    const leaving = pull(world.slowImage.reference, {}, call(30_000, abort.signal));
    const staying = pull(world.slowImage.reference);
    await systemClock.sleep(150);
    abort.abort(new Error('one leaves'));
    await assert.rejects(leaving, /one leaves/);
    assert.match(await staying, /^sha256:/);
  });

  it('removes an image under all its names, also when it is gone already', async () => {
    await pull(world.image.reference);
    await pull(byDigest(world.image));
    await raw.remove(world.image.reference);
    await raw.remove(world.image.reference);
    assert.deepEqual(await raw.list(), []);
  });

  it('says where images are kept', async () => {
    assert.match((await raw.fsInfo())[0]?.fsId?.mountpoint ?? '', /^\//);
  });
}
