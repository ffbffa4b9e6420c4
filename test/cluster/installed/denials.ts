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

/** What is denied, and what the answer says of it. */
const MALFORMED: readonly (readonly [title: string, object: object, says: string])[] = [
  ['a job without a spec', imagePullJob('denied', undefined), 'spec: '],
  ['a job whose spec is a list', imagePullJob('denied', []), 'spec: '],
  ['a job whose image is a number', imagePullJob('denied', { image: 5 }), 'spec.image: '],
  [
    'a job of an image in upper case',
    imagePullJob('denied', { image: 'Team/App:1' }),
    'spec.image: ',
  ],
  [
    'a parallelism that is a word',
    imagePullJob('denied', { image: 'nginx:1', parallelism: 'abc' }),
    'spec.parallelism: ',
  ],
  [
    'a list of no names',
    imagePullJob('denied', { image: 'nginx:1', selector: { names: [] } }),
    'spec.selector.names: ',
  ],
  [
    'a job that never ends, with a TTL',
    imagePullJob('denied', {
      image: 'nginx:1',
      completionPolicy: { type: 'Never', ttlSecondsAfterFinished: 60 },
    }),
    'spec.completionPolicy.ttlSecondsAfterFinished: ',
  ],
  [
    'a list job with a repeated image',
    imageListPullJob('denied', { images: ['nginx:1', 'nginx:1'] }),
    'spec.images',
  ],
  [
    'a NodeImage with a tag that is an object',
    {
      apiVersion: 'apps.kruise.io/v1beta1',
      kind: 'NodeImage',
      metadata: { name: 'denied' },
      spec: { images: { nginx: { tags: [{ tag: {} }] } } },
    },
    'spec.images[nginx].tags[0].tag: ',
  ],
  [
    'a CloneSet with an annotation that is no number',
    {
      ...cloneSet('denied', {
        selector: { matchLabels: { app: 'denied' } },
        template: {
          metadata: { labels: { app: 'denied' } },
          spec: { containers: [{ name: 'main', image: 'nginx:1' }] },
        },
      }),
      metadata: { name: 'denied', annotations: { [ANNOTATION_PARALLELISM]: 'abc' } },
    },
    ANNOTATION_PARALLELISM,
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
      assert.doesNotMatch(stderr, /^ +at /m);
    });
  }

  it('is not shaken by any of them', async () => {
    for (const [pod, count] of Object.entries(await restarts(cluster))) assert.equal(count, 0, pod);
  });

  it('leaves the denial to the CRD while no webhook runs', async () => {
    await withoutManagers(cluster, async () => {
      const { code, stderr } = await apply(BOTH_SELECTORS);
      assert.equal(code, 1);
      assert.match(stderr, /spec\.podSelector: .*set selector or podSelector, not both/);
    });
  });
}
