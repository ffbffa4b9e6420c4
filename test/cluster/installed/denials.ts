import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ANNOTATION_PARALLELISM } from '../../../api/names.ts';
import type { Cluster } from '../cluster.ts';
import type { CommandResult } from '../process.ts';
import { restarts, withoutManagers } from './managers.ts';
import { cloneSet, imageListPullJob, imagePullJob } from './objects.ts';

const BOTH_SELECTORS = imagePullJob('denied', {
  image: 'nginx:1',
  selector: { names: ['node-1'] },
  podSelector: { matchLabels: { app: 'web' } },
});

const MALFORMED_CLONE_SET = {
  ...cloneSet('denied', {
    selector: { matchLabels: { app: 'denied' } },
    template: {
      metadata: { labels: { app: 'denied' } },
      spec: { containers: [{ name: 'main', image: 'nginx:1' }] },
    },
  }),
  metadata: { name: 'denied', annotations: { [ANNOTATION_PARALLELISM]: 'abc' } },
};

/** What is denied, and what the answer says of it. */
const MALFORMED: readonly (readonly [title: string, object: object, says: string])[] = [
  [
    'a job without a spec',
    imagePullJob('denied', undefined),
    'spec: is required: write an object with an image',
  ],
  [
    'a job whose spec is a list',
    imagePullJob('denied', []),
    'spec: must be an object with an image, not a list',
  ],
  [
    'a job whose image is a number',
    imagePullJob('denied', { image: 5 }),
    'spec.image: must be an image reference such as nginx:1.27, not 5',
  ],
  [
    'a job of an image in upper case',
    imagePullJob('denied', { image: 'Team/App:1' }),
    'spec.image: must be lower case: write "team/app" for "Team/App"',
  ],
  [
    'a parallelism that is a word',
    imagePullJob('denied', { image: 'nginx:1', parallelism: 'abc' }),
    'spec.parallelism: must be a whole number from 0, or 0% to 100%, not "abc"',
  ],
  [
    'a list of no names',
    imagePullJob('denied', { image: 'nginx:1', selector: { names: [] } }),
    'spec.selector.names: must not be empty; name at least one node',
  ],
  [
    'a job that never ends, with a TTL',
    imagePullJob('denied', {
      image: 'nginx:1',
      completionPolicy: { type: 'Never', ttlSecondsAfterFinished: 60 },
    }),
    'spec.completionPolicy.ttlSecondsAfterFinished: must be left out when completionPolicy.type is Never',
  ],
  [
    'a list job with a repeated image',
    imageListPullJob('denied', { images: ['nginx:1', 'nginx:1'] }),
    'spec.images: must not repeat "nginx:1"',
  ],
  [
    'a NodeImage with a tag that is an object',
    {
      apiVersion: 'apps.kruise.io/v1beta1',
      kind: 'NodeImage',
      metadata: { name: 'denied' },
      spec: { images: { nginx: { tags: [{ tag: {} }] } } },
    },
    'spec.images[nginx].tags[0].tag: must be a tag such as 1.27',
  ],
];

/** Tests of objects that nobody should be able to apply; for a moment no manager runs. */
export function describeDenials(theCluster: () => Cluster): void {
  let cluster: Cluster;
  before(() => {
    cluster = theCluster();
  });

  const apply = async (object: object): Promise<CommandResult> => {
    const file = join(cluster.folder, 'denied.json');
    await writeFile(file, JSON.stringify(object));
    return cluster.kubectl('apply', '-f', file);
  };

  it('denies selector and podSelector with one message that names both', async () => {
    const { code, stderr } = await apply(BOTH_SELECTORS);
    assert.equal(code, 1);
    assert.match(stderr, /^[^\n]*spec\.podSelector: [^\n]* with spec\.selector[^\n]*\n$/);
  });

  for (const [title, object, says] of MALFORMED) {
    it(`denies ${title}`, async () => {
      const { code, stderr } = await apply(object);
      assert.equal(code, 1);
      assert.ok(stderr.includes(says), stderr);
    });
  }

  it('denies a CloneSet with an annotation that is no number', async () => {
    const { code, stderr } = await apply(MALFORMED_CLONE_SET);
    assert.equal(code, 1);
    assert.ok(stderr.includes(`${ANNOTATION_PARALLELISM}]: must be a whole number`), stderr);
  });

  it('is not shaken by any of them', () => hasNotRestarted(cluster));

  it('leaves the denial to the CRDs while no webhook runs', async () => {
    await withoutManagers(cluster, async () => {
      const { code, stderr } = await apply(BOTH_SELECTORS);
      assert.equal(code, 1);
      assert.match(stderr, /spec\.podSelector: .*set selector or podSelector, not both/);
      for (const [title, object] of MALFORMED) {
        assert.equal((await apply(object)).code, 1, title);
      }
      // No CRD can tell what annotations mean.
      assert.equal((await apply(MALFORMED_CLONE_SET)).code, 0);
    });
    await cluster.mustKubectl(['delete', 'clonesets.apps.kruise.io', 'denied']);
    await hasNotRestarted(cluster);
  });
}

/** No container of Headstart ended since its pod was made. */
async function hasNotRestarted(cluster: Cluster): Promise<void> {
  const counts = Object.values(await restarts(cluster));
  assert.deepEqual(counts, [0, 0, 0, 0, 0, 0], 'two managers and four daemons');
}
