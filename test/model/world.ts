import { settle } from '../support/fake-clock.ts';
import type { StoredChange } from '../support/fake-kube/fake-store.ts';
import { FakeKube } from '../support/fake-kube.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { Admission } from './admission.ts';
import { type Actor, Audit } from './audit.ts';
import { CountingClock } from './counting-clock.ts';
import { Manager } from './manager.ts';
import { ModelClient } from './model-client.ts';
import { ModelDaemons } from './model-daemons.ts';
import { Truth } from './truth.ts';

/** The lease of a leader that died or could not renew is free no sooner than this after its last assignment (cli/manager/compose-leading.ts). */
const LEASE_GAP_MS = 5_000;
/** What a person did is known to the managers after this. */
const NEWS_MS = 3_000;
/** After a fault watches and retries back off for up to a minute. */
const BACKOFF_MS = 60_000;

export interface WorldOptions {
  readonly random: () => number;
  /** 0: no ceiling. */
  readonly maxPullsPerRegistry: number;
}

/** A cluster in memory: an API, two managers of which one leads, a daemon on every node, and the audit that sees every write. */
export class ModelWorld implements AsyncDisposable {
  /** The client of everybody who is no part of Headstart. */
  readonly person: FakeKube;
  readonly clock: CountingClock;
  readonly truth = new Truth();
  readonly audit: Audit;
  readonly daemons: ModelDaemons;
  readonly admission: Admission;
  readonly log = new RecordingLogger();
  readonly #random: () => number;
  readonly #maxPullsPerRegistry: number;
  readonly #managers: Manager[] = [];
  #seen = 0;
  #cancelElection = (): void => {};

  constructor(options: WorldOptions) {
    this.#random = options.random;
    this.#maxPullsPerRegistry = options.maxPullsPerRegistry;
    this.clock = new CountingClock(() => this.audit.problems.push('a loop that does not wait'));
    this.person = new FakeKube({ clock: this.clock, collectsGarbage: true });
    this.person.after = () => this.#see('person');
    this.audit = new Audit(options, { truth: this.truth, clock: this.clock });
    this.daemons = new ModelDaemons({ kube: this.#client('daemon'), truth: this.truth });
    this.admission = new Admission({ told: node => this.audit.refused(node) });
    this.#managers.push(this.#manager(), this.#manager());
  }

  /** Live managers, the leader first if there is one. */
  get managers(): readonly Manager[] {
    return [...this.#managers].sort((a, b) => Number(b.leads) - Number(a.leads));
  }

  get leader(): Manager | undefined {
    return this.#managers.find(manager => manager.leads);
  }

  /** Lets everything happen that happens within `ms`. */
  async pass(ms: number): Promise<void> {
    this.#noteFaults();
    this.clock.rest();
    await this.clock.advance(ms);
    this.#noteFaults();
  }

  /** A person does something. */
  async act<T>(work: () => Promise<T>): Promise<T> {
    this.audit.disturbed(NEWS_MS);
    const result = await work();
    await settle();
    return result;
  }

  /** A fault whose consequences last for a while. */
  disturbedByFault(): void {
    this.audit.faulty(BACKOFF_MS);
  }

  /** Somebody leads at once, if nobody does. */
  elect(): void {
    this.#cancelElection();
    if (this.leader !== undefined) return;
    this.audit.faulty(BACKOFF_MS);
    this.audit.led();
    this.#managers[0]?.lead();
  }

  /** The leader gives up its lease in order. */
  async handOver(): Promise<void> {
    const { leader } = this;
    if (leader === undefined) return;
    this.#rotate();
    await this.#meanwhile(leader.resign());
    this.elect();
  }

  /** The leader can't renew: it stops, and after a while the other one leads. */
  loseLease(): void {
    const { leader } = this;
    if (leader === undefined) return;
    this.#rotate();
    void leader.resign();
    this.#electLater();
  }

  /** A process is killed, and started anew. */
  kill(victim: Manager | undefined): void {
    if (victim === undefined) return;
    const led = victim.leads;
    victim.kill();
    this.#managers.splice(this.#managers.indexOf(victim), 1);
    this.#managers.push(this.#manager());
    if (led) this.#electLater();
  }

  /** Ends all faults of API and managers. A lease that is not free yet is so no sooner: writes of the leader before may still arrive. */
  heal(): void {
    for (const { client } of this.#managers) client.heal();
    this.admission.mend();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cancelElection();
    for (const manager of this.#managers) manager.kill();
    await settle();
  }

  /** Time goes on while a leader waits for the answers to its last writes. */
  async #meanwhile(work: Promise<void>): Promise<void> {
    let ended = false;
    const end = work.finally(() => {
      ended = true;
    });
    await settle();
    while (!ended) await this.clock.advance(100);
    await end;
  }

  #rotate(): void {
    const [first, ...others] = this.managers;
    if (first !== undefined) this.#managers.splice(0, this.#managers.length, ...others, first);
  }

  #electLater(): void {
    this.audit.faulty(BACKOFF_MS);
    this.#cancelElection();
    this.#cancelElection = this.clock.after(LEASE_GAP_MS, () => this.elect());
  }

  #noteFaults(): void {
    for (const { client } of this.#managers) {
      for (const node of client.hurried.splice(0)) {
        this.audit.problems.push(`NodeImage ${node} was asked for before Retry-After was over`);
      }
    }
    const faulty = this.#managers.some(({ client }) => client.isFaulty);
    if (faulty) this.audit.faulty(BACKOFF_MS);
  }

  #manager(): Manager {
    const { admission } = this;
    const kube = this.#client('manager');
    const client = new ModelClient({ kube, random: this.#random, admission });
    const deps = { client, random: this.#random, log: this.log };
    return new Manager({ ...deps, maxPullsPerRegistry: this.#maxPullsPerRegistry });
  }

  #client(actor: Actor): FakeKube {
    const kube = new FakeKube({ of: this.person });
    kube.after = () => this.#see(actor);
    return kube;
  }

  /** Takes in what `actor` has just written. */
  #see(actor: Actor): void {
    const { history } = this.person;
    const news: StoredChange[] = [];
    for (let index = history.length - 1; index >= 0; index--) {
      const change = history[index];
      if (change === undefined || change.version <= this.#seen) break;
      news.push(change);
    }
    for (const change of news.reverse()) {
      this.#seen = change.version;
      this.audit.see(actor, change);
      if (change.table.startsWith('nodeimages')) this.daemons.changed(change.object.metadata.name);
    }
  }
}
