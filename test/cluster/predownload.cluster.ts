import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { IMAGE_PULL_JOBS } from '../../api/resources.ts';
import { type EmbeddedCluster, startEmbeddedCluster } from '../../cli/embedded/embedded-cluster.ts';
import { silentLogger } from '../../runtime/log.ts';
import { RegistryModel } from '../../sim/registry-model.ts';
import { makeTempFolder } from '../support/temp-folder.ts';
import { PREDOWNLOAD_SCRIPT, type Predownload, predownload } from './predownload.ts';
import { until } from './until.ts';

const NODES = 3;
const BYTES_PER_SECOND = 1_000_000;

describe('The script of the CI recipes', () => {
  let cluster: EmbeddedCluster;
  let registry: RegistryModel;
  /** Gives up after half a minute, while the others run. */
  let unreachable: Promise<Predownload>;
  before(async () => {
    unreachable = warmUnreachable();
    registry = new RegistryModel();
    cluster = await startEmbeddedCluster(
      { nodes: NODES, nodeBytesPerSecond: BYTES_PER_SECOND, restartMs: 5 },
      { log: silentLogger, registry },
    );
  });
  after(() => cluster?.[Symbol.asyncDispose]());

  const warm = (image: string, settings: Record<string, string> = {}, shell = ['sh']) =>
    predownload(cluster, { PREDOWNLOAD_IMAGE: `registry.example/${image}`, ...settings }, [
      ...shell,
      PREDOWNLOAD_SCRIPT,
    ]);
  const push = (image: string, seconds: number): void => {
    registry.push(`registry.example/${image}`, { sizeBytes: seconds * BYTES_PER_SECOND });
  };
  const jobOf = async ({ job }: Predownload): Promise<ImagePullJob> => {
    const found = await cluster.client.get(IMAGE_PULL_JOBS, { namespace: 'default', name: job });
    assert.ok(found, job);
    return found;
  };
  /** The job of an image, once it is there. */
  const jobFor = (image: string): Promise<ImagePullJob> =>
    until(
      async () =>
        (await cluster.client.list(IMAGE_PULL_JOBS, { namespace: 'default' })).items.find(
          ({ spec, status }) => spec.image === `registry.example/${image}` && status !== undefined,
        ),
      { what: `the job of ${image}` },
    );

  for (const shell of [['sh'], ['busybox', 'sh']]) {
    it(`ends with 0 when every node has the image, in ${shell.join(' ')}`, async () => {
      const image = `shop/good:1.${shell.length}`;
      push(image, 1);
      const result = await warm(image, {}, shell);
      assert.equal(result.code, 0, result.output);
      assert.match(result.job, new RegExp(`^good-1-${shell.length}-\\d+$`));
      assert.match(result.output, /created\n(?:.*\n)*job has completed\n$/);
      assert.equal((await jobOf(result)).status?.succeeded, NODES);
    });
  }

  it('asks for what its settings say', async () => {
    push('shop/settings:1', 0);
    const result = await warm('shop/settings:1', {
      PREDOWNLOAD_APP: "A_pp's",
      PREDOWNLOAD_NODE_NAMES: 'node-1,node-2',
      PREDOWNLOAD_PARALLELISM: '50%',
      PREDOWNLOAD_TIMEOUT_SECONDS: '60',
      PREDOWNLOAD_PULL_TIMEOUT_SECONDS: '20',
      PREDOWNLOAD_PULL_SECRETS: 'one,two',
    });
    assert.equal(result.code, 0, result.output);
    assert.match(result.job, /^a-pp-s-1-\d+$/);
    const { spec } = await jobOf(result);
    assert.deepEqual(spec.selector, { names: ['node-1', 'node-2'] });
    assert.deepEqual(spec.pullSecrets, ['one', 'two']);
    assert.equal(spec.parallelism, '50%');
    assert.equal(spec.pullPolicy?.timeoutSeconds, 20);
    assert.equal(spec.completionPolicy.activeDeadlineSeconds, 60);
  });

  it('chooses nodes by their labels, and by pods', async () => {
    push('shop/label:1', 0);
    const byNode = await warm('shop/label:1', {
      PREDOWNLOAD_NODE_LABELS: 'kubernetes.io/hostname=node-3,kubernetes.io/os=linux',
    });
    assert.equal((await jobOf(byNode)).spec.selector?.matchLabels?.['kubernetes.io/os'], 'linux');
    const byPod = await warm('shop/label:1', { PREDOWNLOAD_POD_LABELS: 'app=*' });
    assert.equal(byPod.code, 3, byPod.output);
    const noPod = await warm('shop/label:1', { PREDOWNLOAD_POD_LABELS: 'app=web' });
    assert.equal(noPod.code, 1, noPod.output);
    assert.match(noPod.output, /no node matches/);
  });

  it('ends with 1 and the reasons when nodes cannot get the image', async () => {
    const result = await warm('shop/missing:1', { PREDOWNLOAD_PARALLELISM: '100%' });
    assert.equal(result.code, 1, result.output);
    assert.match(result.output, /^ {2}3 x NotFound, on node-1: .*missing/m);
    assert.match(result.output, /predownload: job has completed: 3 failed \(NotFound\)/);
  });

  it('makes a job that has ended anew', async () => {
    const failed = await warm('shop/late:1');
    assert.equal(failed.code, 1, failed.output);
    push('shop/late:1', 0);
    const again = await warm('shop/late:1');
    assert.equal(again.code, 0, again.output);
    assert.match(again.output, /has ended; making it anew/);
    assert.equal(again.job, failed.job);
  });

  it('waits for the job of another run that asks for the same', async () => {
    push('shop/twice:1', 8);
    const first = warm('shop/twice:1');
    await jobFor('shop/twice:1');
    const second = await warm('shop/twice:1');
    assert.equal(second.code, 0, second.output);
    assert.match(second.output, /runs already; waiting for it/);
    assert.equal((await first).code, 0);
    assert.equal((await first).job, second.job);
  });

  it('gives a job that asks for something else another name', async () => {
    push('shop/other:1', 0);
    const [every, one] = await Promise.all([
      warm('shop/other:1'),
      warm('shop/other:1', { PREDOWNLOAD_NODE_NAMES: 'node-1' }),
    ]);
    assert.deepEqual([every.code, one.code], [0, 0]);
    assert.notEqual(every.job, one.job);
  });

  it('ends with 5 when its name belongs to a job for another image', async () => {
    push('shop/taken:1', 0);
    const { job } = await warm('shop/taken:1');
    const name = { namespace: 'default', name: job };
    await cluster.client.delete(IMAGE_PULL_JOBS, name);
    await cluster.client.create(IMAGE_PULL_JOBS, {
      metadata: name,
      spec: { image: 'somebody/else:1', parallelism: 0, completionPolicy: { type: 'Always' } },
    });
    const { code, output } = await warm('shop/taken:1');
    assert.equal(code, 5, output);
    assert.match(output, /is for somebody\/else:1/);
  });

  it('ends with 4 when the time is up, and says how far it was', async () => {
    push('shop/slow:1', 600);
    const { code, output } = await warm('shop/slow:1', { PREDOWNLOAD_TIMEOUT_SECONDS: '5' });
    assert.equal(code, 4, output);
    assert.match(output, /job is running, progress 0\.0%/);
    assert.match(output, /exceeds activeDeadlineSeconds/);
  });

  it('ends with 6 when somebody deletes the job', async () => {
    push('shop/deleted:1', 600);
    const running = warm('shop/deleted:1');
    const { metadata } = await jobFor('shop/deleted:1');
    await cluster.client.delete(IMAGE_PULL_JOBS, { namespace: 'default', name: metadata.name });
    const { code, output } = await running;
    assert.equal(code, 6, output);
    assert.match(output, /was deleted/);
  });

  it('ends with 3 and the words of the server when the job is refused', async () => {
    const long = { PREDOWNLOAD_TIMEOUT_SECONDS: '10', PREDOWNLOAD_PULL_TIMEOUT_SECONDS: '20' };
    const denied = await warm('shop/denied:1', long);
    assert.equal(denied.code, 3, denied.output);
    assert.match(denied.output, /activeDeadlineSeconds/);
    const nowhere = await warm('shop/denied:1', { PREDOWNLOAD_NAMESPACE: 'missing' });
    assert.equal(nowhere.code, 3, nowhere.output);
    const injected = await warm("shop/denied:1'}");
    assert.equal(injected.code, 3, injected.output);
  });

  it('ends with 7 when the API server cannot be reached', async () => {
    const { code, output } = await unreachable;
    assert.equal(code, 7, output);
    assert.match(output, /127\.0\.0\.1:1/);
  });

  const mistakes: readonly (readonly [what: string, settings: Record<string, string>])[] = [
    ['no image', { PREDOWNLOAD_IMAGE: '' }],
    ['a line end in the image', { PREDOWNLOAD_IMAGE: 'web:1\nspec: {}' }],
    ['a line end at the end of the image', { PREDOWNLOAD_IMAGE: 'web:1\n' }],
    ['no number', { PREDOWNLOAD_TIMEOUT_SECONDS: '5m' }],
    ['a parallelism of 0', { PREDOWNLOAD_PARALLELISM: '0' }],
    ['a label without value', { PREDOWNLOAD_NODE_LABELS: 'pool' }],
    ['two ways to choose', { PREDOWNLOAD_NODE_NAMES: 'a', PREDOWNLOAD_POD_LABELS: 'b=c' }],
  ];
  for (const [what, settings] of mistakes) {
    it(`ends with 2 for ${what}, before anything is made`, async () => {
      const { code, output } = await warm('shop/unmade:1', settings);
      assert.equal(code, 2, output);
      assert.match(output, /^predownload: /);
    });
  }
});

async function warmUnreachable(): Promise<Predownload> {
  await using folder = await makeTempFolder();
  const kubeconfigPath = join(folder.path, 'kubeconfig');
  await writeFile(
    kubeconfigPath,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'gone',
      clusters: [{ name: 'gone', cluster: { server: 'https://127.0.0.1:1' } }],
      contexts: [{ name: 'gone', context: { cluster: 'gone', user: 'gone' } }],
      users: [{ name: 'gone', user: { token: 'none' } }],
    }),
  );
  return await predownload({ kubeconfigPath }, { PREDOWNLOAD_IMAGE: 'web:1' });
}
