import assert from 'node:assert/strict';
import type { ImageTagSpec, ImageTagStatus, NodeImage } from '../../../api/node-image.ts';
import { PullsInFlight, pullKey } from '../../../controllers/registry-budget/pulls-in-flight.ts';

const OWNED: Partial<ImageTagSpec> = { ownerReferences: [{ kind: 'ImagePullJob', name: 'a' }] };
const HUB = 'docker.io';
const IMAGE = { name: 'nginx', tag: '1' };

function nodeImage(
  entry: Partial<ImageTagSpec>,
  status?: Partial<ImageTagStatus>,
  name = IMAGE.name,
): NodeImage {
  const tags = [{ tag: '1', phase: 'Pulling', version: 0, ...status }] as const;
  return {
    metadata: { name: 'node-1' },
    spec: { images: { [name]: { tags: [{ tag: '1', version: 0, ...entry }] } } },
    ...(status === undefined
      ? {}
      : { status: { desired: 1, imageStatuses: { [name]: { tags } } } }),
  };
}

describe('PullsInFlight', () => {
  const cases: readonly {
    readonly name: string;
    readonly shown: NodeImage;
    readonly count: number;
  }[] = [
    { name: 'counts a pull that nobody answered yet', shown: nodeImage(OWNED), count: 1 },
    { name: 'counts a pull that runs', shown: nodeImage(OWNED, { phase: 'Pulling' }), count: 1 },
    { name: 'counts no pull that ended', shown: nodeImage(OWNED, { phase: 'Failed' }), count: 0 },
    {
      name: 'counts a pull that is asked for again',
      shown: nodeImage({ ...OWNED, version: 2 }, { phase: 'Succeeded', version: 1 }),
      count: 1,
    },
    {
      name: 'counts two jobs on one entry once',
      shown: nodeImage({
        ownerReferences: [
          { kind: 'ImagePullJob', name: 'a' },
          { kind: 'ImagePullJob', name: 'b' },
        ],
      }),
      count: 1,
    },
    { name: 'counts no entry that a person wrote', shown: nodeImage({}), count: 0 },
    {
      name: 'counts by host, whatever its letters',
      shown: nodeImage(OWNED, undefined, 'Docker.io:5000/app'),
      count: 0,
    },
  ];
  for (const { name, shown, count } of cases) {
    it(name, () => {
      const pulls = new PullsInFlight();
      pulls.update('node-1', shown);
      assert.equal(pulls.count(HUB), count);
    });
  }

  it('tells which registries changed, and forgets a node that is gone', () => {
    const pulls = new PullsInFlight();
    assert.deepEqual([...pulls.update('node-1', nodeImage(OWNED))], [HUB]);
    assert.deepEqual([...pulls.update('node-1', nodeImage(OWNED, {}))], []);
    assert.deepEqual([...pulls.update('node-1', undefined)], [HUB]);
    assert.deepEqual(pulls.hosts(), []);
  });

  it('a write under way counts from before it is made, and not twice when it is seen', () => {
    const pulls = new PullsInFlight();
    const key = pullKey('node-1', IMAGE);
    pulls.reserve(HUB, key);
    pulls.reserve(HUB, key);
    assert.equal(pulls.count(HUB), 1);
    pulls.update('node-1', nodeImage(OWNED));
    pulls.release(HUB, key);
    pulls.release(HUB, key);
    assert.equal(pulls.count(HUB), 1);
    pulls.update('node-1', nodeImage(OWNED, { phase: 'Succeeded' }));
    assert.equal(pulls.count(HUB), 0);
  });

  it('a pull that ends while another job joins it keeps counting for that one', () => {
    const pulls = new PullsInFlight();
    const key = pullKey('node-1', IMAGE);
    pulls.update('node-1', nodeImage(OWNED));
    pulls.reserve(HUB, key);
    pulls.update('node-1', nodeImage(OWNED, { phase: 'Succeeded' }));
    assert.equal(pulls.count(HUB), 1);
    pulls.release(HUB, key);
    assert.equal(pulls.count(HUB), 0);
  });
});
