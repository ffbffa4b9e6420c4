import assert from 'node:assert/strict';
import { isConditionTrue } from '../../../api/conditions.ts';
import type { ImagePullJob } from '../../../api/image-pull-job.ts';
import { DAEMON_SECRETS_NAMESPACE } from '../../../api/names.ts';
import { IMAGE_PULL_JOBS, SECRETS } from '../../../api/resources.ts';
import { until } from '../until.ts';
import { type FaultWorld, PULL_SECRET, SMALL_POOL } from './world.ts';

export interface PullJobOptions {
  readonly name: string;
  readonly parallelism: number;
  /** Absent: all nodes. */
  readonly on?: 'small pool';
}

/** For thousands of nodes to begin or to be released, on a machine that has other things to do as well. */
const MOST_MS = 300_000;

/** A running ImagePullJob with a pull secret, so that it has all that a job can leave behind. */
export class PullJob {
  readonly targets: number;
  readonly #world: FaultWorld;
  readonly #options: PullJobOptions;
  readonly #image: string;

  private constructor(world: FaultWorld, options: PullJobOptions) {
    this.#world = world;
    this.#options = options;
    this.#image = `registry.example/${options.name}`;
    this.targets = options.on === undefined ? world.nodes : SMALL_POOL.size;
  }

  /** Creates the job. */
  static async create(world: FaultWorld, options: PullJobOptions): Promise<PullJob> {
    const job = new PullJob(world, options);
    await world.client.create(IMAGE_PULL_JOBS, job.#manifest());
    return job;
  }

  /** How many nodes have begun to pull. */
  get begun(): number {
    return this.#world.daemons.account(this.#reference).nodes;
  }

  /** Returns when a share of the nodes, 0 to 1, has begun to pull. */
  async hasBegun(share: number): Promise<void> {
    const nodes = Math.ceil(this.targets * share);
    const what = `${nodes} nodes to begin (job ${this.#options.name})`;
    await until(() => this.begun >= nodes, { what, everyMs: 10, timeoutMs: MOST_MS });
  }

  /** Waits for the end, which has to be a good one: every node once, never more than `parallelism` together. */
  async succeeds(timeoutMs: number): Promise<void> {
    const job = await this.#ended(timeoutMs);
    const { desired, succeeded, failed, conditions } = job.status ?? {};
    const { targets } = this;
    assert.deepEqual(
      { desired, succeeded, failed },
      { desired: targets, succeeded: targets, failed: 0 },
    );
    assert.ok(isConditionTrue(conditions, 'Complete'), JSON.stringify(conditions));
    const { nodes, repeated, mostAtOnce } = this.#world.daemons.account(this.#reference);
    assert.equal(nodes, targets);
    assert.deepEqual(repeated, [], 'nodes that pulled more than once');
    const { parallelism } = this.#options;
    assert.ok(mostAtOnce <= parallelism, `${mostAtOnce} nodes pulled at once`);
  }

  /** Deletes the job; nothing of it may stay behind. */
  async leavesNothing(): Promise<void> {
    const { client, daemons } = this.#world;
    await client.delete(IMAGE_PULL_JOBS, this.#key);
    const gone = async (): Promise<boolean> => (await this.#read()) === undefined;
    await until(gone, { what: 'the job to go', timeoutMs: MOST_MS });
    const released = (): boolean => daemons.wanting(this.#image).length === 0;
    await until(released, { what: 'the last tag to go', timeoutMs: MOST_MS });
    const mirrors = await client.list(SECRETS, { namespace: DAEMON_SECRETS_NAMESPACE });
    assert.deepEqual(
      mirrors.items.map(({ metadata }) => metadata.name),
      [],
    );
  }

  get #reference(): string {
    return `${this.#image}:1`;
  }

  get #key(): { readonly namespace: string; readonly name: string } {
    return { namespace: 'default', name: this.#options.name };
  }

  #read(): Promise<ImagePullJob | undefined> {
    return this.#world.client.get(IMAGE_PULL_JOBS, this.#key);
  }

  async #ended(timeoutMs: number): Promise<ImagePullJob> {
    const what = `job ${this.#options.name} to end`;
    const ended = async (): Promise<ImagePullJob | false> => {
      const job = await this.#read();
      return job?.status?.completionTime !== undefined && job;
    };
    try {
      return await until(ended, { what, timeoutMs, everyMs: 200 });
    } catch (cause) {
      const job = await this.#read();
      throw new Error(`${what}: ${JSON.stringify(job?.status)}`, { cause });
    }
  }

  #manifest(): ImagePullJob {
    const { on, parallelism } = this.#options;
    const small = { selector: { matchLabels: { [SMALL_POOL.label]: SMALL_POOL.value } } };
    return {
      metadata: this.#key,
      spec: {
        image: this.#reference,
        parallelism,
        pullSecrets: [PULL_SECRET],
        completionPolicy: { type: 'Always' },
        ...(on === undefined ? {} : small),
      },
    };
  }
}
