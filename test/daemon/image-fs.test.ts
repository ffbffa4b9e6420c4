import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { createImageFs } from '../../daemon/image-fs.ts';
import { RecordingLogger } from '../support/recording-logger.ts';

describe('the image file system', () => {
  const cases: { name: string; bavail: number; highWater?: number; problem: string | undefined }[] =
    [
      { name: 'has room below the high water', bavail: 151, problem: undefined },
      {
        name: 'has none at the high water',
        bavail: 150,
        problem: 'the image file system is 85 % full; pulls start below 85 %',
      },
      {
        name: 'is measured against what is asked for',
        bavail: 300,
        highWater: 60,
        problem: 'the image file system is 70 % full; pulls start below 60 %',
      },
    ];
  for (const { name, bavail, highWater, problem } of cases) {
    it(name, async () => {
      const imageFs = createImageFs(
        {
          imageFsDir: '/images',
          ...(highWater === undefined ? {} : { imageFsHighWater: highWater }),
        },
        { log: new RecordingLogger(), statfs: async () => ({ blocks: 1_000, bavail }) },
      );
      assert.equal(await imageFs.problem(), problem);
    });
  }

  it('is that of the operating system', async () => {
    const log = new RecordingLogger();
    const full = createImageFs({ imageFsDir: tmpdir(), imageFsHighWater: 0 }, { log });
    assert.match((await full.problem()) ?? '', /^the image file system is \d+ % full/);
  });

  it('stops nothing while it cannot be seen, and that is logged once', async () => {
    const log = new RecordingLogger();
    const imageFs = createImageFs({ imageFsDir: '/no/such/folder' }, { log });
    assert.equal(await imageFs.problem(), undefined);
    assert.equal(await imageFs.problem(), undefined);
    assert.equal(log.at('warn').length, 1);
  });

  it('is left alone when nobody says where it is', async () => {
    const imageFs = createImageFs({ imageFsHighWater: 0 }, { log: new RecordingLogger() });
    assert.equal(await imageFs.problem(), undefined);
  });
});
