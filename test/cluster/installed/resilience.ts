import assert from 'node:assert/strict';
import { ANNOTATION_IMAGE_CHANGE } from '../../../api/names.ts';
import type { NodeImage } from '../../../api/node-image.ts';
import type { Workload } from '../../../api/workload.ts';
import type { Cluster } from '../cluster.ts';
import { mostNodesAtOnce } from '../registry-door.ts';
import { sleep, until } from '../until.ts';
import { deploy, type TestWorkload } from '../workload.ts';
import { startWorkloadStandIn, type WorkloadStandIn } from '../workload-stand-in.ts';
import { areReady, killManager, leader, withoutManagers } from './managers.ts';
import { AT_ONCE, allNodes, imagePullJob, nodesWith, waitFor } from './objects.ts';

/** Tests in which managers are away, or nothing may happen at all. */
export function describeResilience(theCluster: () => Cluster): void {
  let cluster: Cluster;
  let openKruise: WorkloadStandIn;
  let workload: TestWorkload;
  before(async () => {
    cluster = theCluster();
    const { reference: image } = await cluster.registry.push('web:1');
    openKruise = await startWorkloadStandIn(cluster);
    const { client } = openKruise;
    const options = { kind: 'CloneSet', name: 'web', image, replicas: 8 } as const;
    workload = await deploy(options, { cluster, client });
  });
  after(() => openKruise?.stop());

  it('leaves no trace of a dry run', async () => {
    const { reference: image } = await cluster.registry.push('web:2');
    const spec = { template: { spec: { containers: [{ name: 'main', image }] } } };
    const patch = ['--type=merge', '-p', JSON.stringify({ spec })];
    const dryRun = ['--dry-run=server', '-o', 'json'];
    const answer = await cluster.mustKubectl(['patch', workload.reference, ...patch, ...dryRun]);
    assert.ok(markOf(JSON.parse(answer) as Workload), 'the webhook was asked');

    await sleep(2_000);
    const stored = await cluster.get<Workload>(workload.reference);
    assert.equal(markOf(stored), undefined);
    assert.deepEqual(await workload.jobs(), []);
    const { items } = await cluster.get<{ items: NodeImage[] }>('nodeimages');
    assert.ok(!JSON.stringify(items).includes(image.slice(0, -':2'.length)));
  });

  it('finds a change that was made while no webhook ran', async () => {
    const { reference: image } = await cluster.registry.push('web:3');
    await withoutManagers(cluster, async () => void (await workload.setImage(image)));
    const job = await workload.isWarm(image);
    assert.equal(job.status?.succeeded, job.status?.desired);
    assert.deepEqual(await nodesWith(cluster, image), allNodes(cluster));
  });

  it('finishes a job whose leading manager was killed in the middle', async () => {
    const { reference } = await cluster.registry.push('team/handed-over:1', 16);
    const downloads = () => cluster.registry.downloads('team/handed-over');
    const [dead] = await Promise.all([leader(cluster), limitBandwidth(cluster, 32)]);
    const job = { ...AT_ONCE, image: reference, parallelism: 2 };
    await cluster.apply(imagePullJob('handed-over', job));
    await until(() => downloads().length > 0, { what: 'the first download', everyMs: 10 });
    await killManager(cluster, dead);

    const { status } = await waitFor(cluster, 'imagepulljob/handed-over', 'Complete');
    assert.notEqual(await leader(cluster), dead);
    assert.equal(status?.succeeded, cluster.nodes.length);
    assert.deepEqual(await nodesWith(cluster, reference), allNodes(cluster));
    assert.ok(mostNodesAtOnce(downloads()) <= 2);
    const blobs = downloads().map(({ from, digest }) => `${from} ${digest}`);
    assert.equal(new Set(blobs).size, blobs.length, 'no node pulled twice');
    await limitBandwidth(cluster, undefined);
    await areReady(cluster);
  });
}

const markOf = ({ metadata }: Workload): string | undefined =>
  metadata.annotations?.[ANNOTATION_IMAGE_CHANGE];

async function limitBandwidth(cluster: Cluster, megabits: number | undefined): Promise<void> {
  await Promise.all(cluster.nodes.map(node => node.limitBandwidth(megabits)));
}
