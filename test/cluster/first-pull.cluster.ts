import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DAEMON_NAMESPACE, DAEMON_SERVICE_ACCOUNT } from '../../api/names.ts';
import type { NodeImage } from '../../api/node-image.ts';
import { installManifests } from '../../manifests/render.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { diagnoseFailures } from './diagnose.ts';
import { type Background, startBackground } from './process.ts';
import { until } from './until.ts';

const CHECKOUT = join(import.meta.dirname, '..', '..');
const PATCH = join(CHECKOUT, 'manifests', 'samples', 'patches', 'node-image-ubuntu.yaml');
/** What a daemon needs of the installation when it runs outside of a Pod and without a manager. */
const NEEDED = /^(Namespace|CustomResourceDefinition|ServiceAccount|(Cluster)?Role(Binding)?)$/;

describe('headstart daemon, alone on a node with containerd', () => {
  let cluster: Cluster;
  let daemon: Background;
  before(async () => {
    cluster = await startCluster({ nodes: 1 });
    const manifests = installManifests({}).filter(({ kind }) => NEEDED.test(kind));
    await cluster.apply({ apiVersion: 'v1', kind: 'List', items: manifests });
    await until(async () => (await cluster.kubectl('get', 'nodeimages')).code === 0, {
      what: 'the NodeImage API',
    });
    await cluster.apply({
      apiVersion: 'apps.kruise.io/v1beta1',
      kind: 'NodeImage',
      metadata: { name: 'node-1' },
      spec: {},
    });
    daemon = await startDaemon(cluster);
  });
  after(async () => {
    await daemon?.stop();
    await cluster?.stop();
  });
  diagnoseFailures(() => cluster);

  it("pulls what the documents' NodeImage patch asks for", async () => {
    await cluster.registry.push('library/ubuntu:latest', 5);
    const what = ['nodeimage', 'node-1', '--type=merge', '--patch-file', PATCH];
    await cluster.mustKubectl(['patch', ...what]);
    const { imageStatuses, ...counts } = await succeeded(cluster, 1);
    assert.deepEqual(counts.desired, 1);
    const [tag] = imageStatuses?.['ubuntu']?.tags ?? [];
    assert.equal(tag?.phase, 'Succeeded');
    assert.equal(tag?.progress, 100);
    assert.ok(await hasImage(cluster, 'docker.io/library/ubuntu:latest'));
  });

  it('pulls a digest', async () => {
    const { digest } = await cluster.registry.push('library/pinned:1');
    await want(cluster, 'pinned', digest);
    await succeeded(cluster, 2);
    assert.ok(await hasImage(cluster, `docker.io/library/pinned@${digest}`));
  });

  it('says why a pull failed', async () => {
    await want(cluster, 'missing', 'v1');
    const tag = await until(
      async () => {
        const tags = (await nodeImage(cluster)).status?.imageStatuses?.['missing']?.tags;
        return tags?.find(({ phase }) => phase === 'Failed');
      },
      { what: 'the failure' },
    );
    assert.equal(tag.reason, 'NotFound');
  });

  it('does not pull again after a restart', async () => {
    const before = cluster.registry.downloads('library/ubuntu').length;
    await daemon.stop();
    daemon.start();
    await cluster.registry.push('library/next:1');
    await want(cluster, 'next', '1');
    await succeeded(cluster, 3);
    assert.equal(cluster.registry.downloads('library/ubuntu').length, before);
  });

  it('finds containerd again after it was away', async () => {
    const containerd = cluster.nodes[0]?.containerd;
    await containerd?.stop();
    await cluster.registry.push('library/later:1');
    await want(cluster, 'later', '1');
    containerd?.start();
    await succeeded(cluster, 4);
  });
});

/** `headstart daemon` under the shipped ServiceAccount. */
async function startDaemon(cluster: Cluster): Promise<Background> {
  const kubeconfig = await cluster.serviceAccountKubeconfig(
    DAEMON_NAMESPACE,
    DAEMON_SERVICE_ACCOUNT,
  );
  const main = join(CHECKOUT, 'cli', 'main.ts');
  return startBackground({
    name: 'headstart daemon',
    command: [
      process.execPath,
      '--import',
      'tsx',
      main,
      'daemon',
      '--node-name=node-1',
      `--kubeconfig=${kubeconfig}`,
      `--runtime-endpoint=${cluster.nodes[0]?.runtimeSocket}`,
      '--metrics-address=127.0.0.1:0',
    ],
    logFile: join(cluster.folder, 'headstart-daemon.log'),
  });
}

/** Adds an image to what the node should have. */
async function want(cluster: Cluster, name: string, tag: string): Promise<void> {
  const pullPolicy = { ttlSecondsAfterFinished: 600, backoffLimit: 1 };
  const tags = [{ tag, version: 1, pullPolicy }];
  await cluster.patch(['nodeimage', 'node-1'], { spec: { images: { [name]: { tags } } } });
}

const nodeImage = (cluster: Cluster): Promise<NodeImage> => cluster.get('nodeimage', 'node-1');

/** The status once `count` pulls have succeeded. */
const succeeded = (cluster: Cluster, count: number): Promise<NonNullable<NodeImage['status']>> =>
  until(
    async () => {
      const { status } = await nodeImage(cluster);
      return status?.succeeded === count && status;
    },
    { what: `${count} pulled images`, timeoutMs: 30_000 },
  );

const hasImage = async (cluster: Cluster, reference: string): Promise<boolean> =>
  (await cluster.nodes[0]?.imageNames())?.includes(reference) ?? false;
