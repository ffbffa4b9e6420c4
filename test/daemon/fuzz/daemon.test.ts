import fc from 'fast-check';
import { NODE_IMAGES } from '../../../api/resources.ts';
import { type DaemonWorld, startDaemonWorld } from '../daemon-world.ts';
import { tagSpec } from '../node-images.ts';
import { imagesBesideGood } from './hostile-node-images.ts';

const SPECS = 10;

describe('daemon, whose NodeImage is anything', () => {
  let world: DaemonWorld;
  beforeEach(async () => {
    world = await startDaemonWorld();
    world.push('good.test/app:1');
  });
  afterEach(() => world[Symbol.asyncDispose]());

  const { seed = 0 } = fc.readConfigureGlobal();

  it(`goes on pulling what is well, over a real socket (${SPECS} specs, PROPERTY_SEED=${seed})`, async () => {
    const specs = fc.sample(imagesBesideGood, { numRuns: SPECS, seed });
    await world.want({});
    world.startDaemon();
    for (const [version, images] of specs.entries()) {
      const good = { tags: [tagSpec('1', { version, imagePullPolicy: 'Always' })] };
      const value = { images: { ...images, 'good.test/app': good } };
      const operations = [{ op: 'replace', path: '/spec', value }] as const;
      await world.kube.patch(NODE_IMAGES, { name: 'node-1' }, { type: 'json', operations });
      await world.result('good.test/app', '1', version);
    }
  });
});
