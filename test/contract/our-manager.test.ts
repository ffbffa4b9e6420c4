import assert from 'node:assert/strict';
import type { NodeImage } from '../../api/node-image.ts';
import { IMAGE_PULL_JOBS, NODE_IMAGES, NODES, SECRETS } from '../../api/resources.ts';
import { setupControllers } from '../../controllers/index.ts';
import { isConflict } from '../../kube/kube-error.ts';
import { node, pullJob, pullSecret } from '../controllers/cluster.ts';
import { type ControllerWorld, startControllerWorld } from '../support/controller-world.ts';
import { MANAGER_SEQUENCES } from './our-manager.sequences.ts';
import type { ManagerStep } from './our-manager.steps.ts';
import { assertPeerAccepts, imagesForPeer, statusOfPeer } from './peer-schema.ts';

const NODE = 'node-1';
const GATES = {
  KruiseDaemon: true,
  ImagePullJobGate: true,
  PreDownloadImageForInPlaceUpdate: true,
  PreDownloadImageForDaemonSetUpdate: true,
};

function startManager(): Promise<ControllerWorld> {
  const options = { gates: GATES, writeDeadlineMs: 4_000, maxPullsPerRegistry: 0 };
  return startControllerWorld(deps => setupControllers(options, deps), {
    seed: kube => kube.seed(NODES, node(NODE)),
  });
}

/** One node of OpenKruise's daemon, and the controllers of Headstart. */
class Stage {
  readonly #world: ControllerWorld;
  /** What the informer of the daemon had before the last step. */
  #seen: NodeImage;

  constructor(world: ControllerWorld) {
    this.#world = world;
    this.#seen = this.nodeImage;
  }

  get nodeImage(): NodeImage {
    const found = this.#world.kube.read(NODE_IMAGES, NODE);
    assert.ok(found, 'the node has a NodeImage');
    return found;
  }

  async play(step: ManagerStep): Promise<void> {
    const before = this.nodeImage;
    if ('seconds' in step) await this.#world.run(step.seconds * 1_000);
    if ('secret' in step) this.#world.kube.seed(SECRETS, pullSecret(step.secret));
    if ('job' in step) {
      const { uid, spec } = step;
      const { metadata, ...job } = pullJob(step.job, spec);
      this.#world.kube.seed(IMAGE_PULL_JOBS, {
        ...job,
        metadata: { ...metadata, uid, generation: 1 },
      });
    }
    if ('deleted' in step) {
      const name = { name: step.deleted, namespace: 'default' };
      await this.#world.kube.delete(IMAGE_PULL_JOBS, name);
    }
    if ('reports' in step) await this.#report(step);
    await this.#world.run();
    if ('wants' in step) assert.deepEqual(imagesForPeer(this.nodeImage), step.wants);
    if ('says' in step) this.#assertSays(step);
    this.#seen = before;
    assertPeerAccepts(this.nodeImage);
  }

  /** The whole object is put, with the resourceVersion of the copy that the daemon has. */
  async #report({ reports, late }: Extract<ManagerStep, { reports: object }>): Promise<void> {
    const from = late === true ? this.#seen : this.nodeImage;
    const operations = [
      { op: 'replace', path: '/metadata/resourceVersion', value: from.metadata.resourceVersion },
      { op: 'add', path: '/status', value: statusOfPeer(from, reports) },
    ] as const;
    const put = this.#world.kube.patch(
      NODE_IMAGES,
      { name: NODE },
      { type: 'json', operations },
      { subresource: 'status' },
    );
    if (late === true) await assert.rejects(put, isConflict);
    else await put;
  }

  #assertSays({ says, status }: Extract<ManagerStep, { says: string }>): void {
    const found = this.#world.kube.read(IMAGE_PULL_JOBS, `default/${says}`)?.status;
    assert.ok(found, `job ${says} has a status`);
    const known = new Map<string, unknown>(Object.entries(found));
    const compared = Object.keys(status).map(key => [key, known.get(key)]);
    assert.deepEqual(Object.fromEntries(compared), status);
  }
}

describe("contract: Headstart's manager with OpenKruise's daemon", () => {
  for (const { title, sections, steps } of MANAGER_SEQUENCES) {
    it(`${title} (${sections})`, async () => {
      await using world = await startManager();
      const stage = new Stage(world);
      for (const step of steps) await stage.play(step);
      const statuses = world.kube.writes.filter(
        ({ resource, subresource }) => resource === 'nodeimages' && subresource === 'status',
      );
      const reports = steps.filter(step => 'reports' in step);
      assert.equal(statuses.length, reports.length, "W51: the status is the daemon's alone");
    });
  }
});
