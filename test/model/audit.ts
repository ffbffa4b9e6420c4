import { isDeepStrictEqual } from 'node:util';
import type { Secret } from '../../api/core.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { controllerOf, keyOf } from '../../api/meta.ts';
import type { NodeImage } from '../../api/node-image.ts';
import type { FakeClock } from '../support/fake-clock.ts';
import type { StoredChange } from '../support/fake-kube/fake-store.ts';
import { fresh, JobBook, LATEST_NEWS_MS, type NodeBook } from './job-book.ts';
import { mayExpire, REPULL_MS } from './lifetimes.ts';
import { isFull } from './objects.ts';
import { foreignChanges } from './owned-fields.ts';
import { createdMsOf, isOutOfPatience, isPullLate } from './patience.ts';
import { recount, summaryOf, withoutGenerations } from './recount.ts';
import { RegistryAudit } from './registry-audit.ts';
import type { Moment } from './registry-pulls.ts';
import { hasImage, type Standing, standingOf } from './standing.ts';
import { targetsOf } from './targets.ts';
import type { Truth } from './truth.ts';

/** Who made a change. `person`: everybody who is no part of Headstart. */
export type Actor = 'manager' | 'daemon' | 'person';

/** Looks at every change of the API in the moment it is made, and remembers what breaks a rule. */
export class Audit {
  readonly problems: string[] = [];
  /** Writes of managers. */
  writes = 0;
  /** From then on nothing but daemons has moved for so long that the managers know everything. */
  #calmFromMs = 0;
  #faultlessFromMs = 0;
  readonly #books = new Map<string, JobBook>();
  /** When NodeImages went, by name. */
  readonly #leftAtMs = new Map<string, number>();
  /** By name of the NodeImage. */
  readonly #refusedAtMs = new Map<string, number>();
  readonly #registries: RegistryAudit;
  readonly #truth: Truth;
  readonly #clock: FakeClock;

  constructor(
    options: { readonly maxPullsPerRegistry: number },
    deps: { readonly truth: Truth; readonly clock: FakeClock },
  ) {
    this.#registries = new RegistryAudit(options, deps);
    this.#truth = deps.truth;
    this.#clock = deps.clock;
  }

  /** Judges one change, and lets the truth follow. */
  see(actor: Actor, change: StoredChange): void {
    if (actor === 'manager') {
      this.writes++;
      for (const what of foreignChanges(change)) this.#report(`the manager ${what}`, change);
    }
    if (actor === 'daemon' && !change.table.startsWith('nodeimages')) {
      this.#report('a daemon wrote more than a NodeImage', change);
    }
    this.#truth.apply(change);
    if (change.table.startsWith('imagepulljobs')) this.#seeJob(actor, change);
    else if (change.table.startsWith('nodeimages')) this.#seeNodeImage(actor, change);
    else if (change.table.startsWith('secrets')) this.#seeSecret(change);
    else if (change.table.startsWith('configmaps')) {
      this.#registries.seeConfigMap(change, this.#moment);
    }
  }

  /** Somebody does something; managers may be behind for `ms`. */
  disturbed(ms: number): void {
    this.#calmFromMs = Math.max(this.#calmFromMs, this.#clock.now() + ms);
  }

  /** A fault disturbs the cluster; until `ms` later managers need not even see what is written. */
  faulty(ms: number): void {
    this.disturbed(ms);
    this.#faultlessFromMs = this.#calmFromMs;
  }

  /** Another leader begins. Since when a node is silent stands nowhere, so a job that never ends tries it once more. */
  led(): void {
    this.#registries.led();
    for (const book of this.#books.values()) {
      const never = this.#truth.jobOf(book.uid)?.spec.completionPolicy.type === 'Never';
      for (const node of book.nodes.values()) {
        if (node.ended === 'given up' && (never || node.refused === true)) delete node.ended;
      }
    }
  }

  /** The API server refused to change the NodeImage of that name. */
  refused(name: string): void {
    this.#refusedAtMs.set(name, this.#clock.now());
  }

  book(uid: string): JobBook | undefined {
    return this.#books.get(uid);
  }

  #report(what: string, { object }: StoredChange): void {
    this.problems.push(`${what} (${object.kind} ${keyOf(object)})`);
  }

  /** Credentials change for a job when its source does, and when the copy for the nodes does, which is later. */
  #seeSecret({ object, previous, type }: StoredChange): void {
    const secret = object as Secret;
    const same = isDeepStrictEqual(secret.data, (previous as Secret | undefined)?.data);
    if (type === 'DELETED' || (type === 'MODIFIED' && same)) return;
    const { annotations, name } = secret.metadata;
    const source = annotations?.['imagepulljobs.kruise.io/source-key'] ?? `default/${name}`;
    for (const book of this.#books.values()) {
      const secrets = this.#truth.jobOf(book.uid)?.spec.pullSecrets ?? [];
      const uses = secrets.some(each => `default/${each}` === source);
      if (!uses) continue;
      book.secretChangedMs = this.#clock.now();
      if (secret.metadata.namespace !== 'default') book.mirroredMs = this.#clock.now();
    }
  }

  #seeJob(actor: Actor, change: StoredChange): void {
    const job = change.object as ImagePullJob;
    const uid = job.metadata.uid ?? '';
    if (change.type === 'DELETED') {
      this.#books.delete(uid);
      const { deletionTimestamp } = job.metadata;
      const byItself = deletionTimestamp === undefined && controllerOf(job) === undefined;
      if (actor === 'manager' && byItself && !mayExpire(job, this.#clock.now())) {
        this.#report('the manager deleted a job before its time', change);
      }
      return;
    }
    const book = this.#books.get(uid) ?? new JobBook(job);
    this.#books.set(uid, book);
    book.mostNodes = Math.max(book.mostNodes, this.#knownNodes());
    book.edited(job, this.#clock.now());
    if (actor === 'manager' && change.type === 'MODIFIED') this.#seeStatus(book, change);
  }

  #seeStatus(book: JobBook, change: StoredChange): void {
    const job = change.object as ImagePullJob;
    const before = (change.previous as ImagePullJob).status;
    if (before?.completionTime !== undefined) {
      const same = withoutGenerations(before) === withoutGenerations(job.status);
      if (!same) this.#report('the manager changed the status of a finished job', change);
      return;
    }
    this.#seeFailedNodes(book, change);
    const { status } = job;
    if (status?.completionTime === undefined || !this.#isCalm) return;
    const [found, wanted] = [
      summaryOf(job),
      recount(job, { truth: this.#truth, book, nowMs: this.#clock.now() }),
    ];
    if (found === wanted) return;
    this.#report(`the job ended with ${found} where a recount says ${wanted}`, change);
  }

  get #moment(): Moment {
    const nowMs = this.#clock.now();
    return { nowMs, isCalm: nowMs > this.#faultlessFromMs };
  }

  get #isCalm(): boolean {
    return this.#clock.now() > this.#calmFromMs;
  }

  /** A node without an entry that a status calls failed was given up: for a reason, and for good. */
  #seeFailedNodes(book: JobBook, change: StoredChange): void {
    const job = change.object as ImagePullJob;
    for (const name of job.status?.failedNodes ?? []) {
      const nodeImage = this.#truth.nodeImages.get(name);
      const uid = nodeImage?.metadata.uid;
      if (nodeImage === undefined || uid === undefined) continue;
      if (standingOf(nodeImage, book.image, book.uid).kind !== 'none') continue;
      if (job.status?.conditions?.some(({ reason }) => reason === 'DeadlineExceeded')) continue;
      const node = book.nodes.get(uid);
      if (node?.ended === 'given up') continue;
      if (isFull(nodeImage.spec?.images) && !hasImage(nodeImage, book.image)) continue;
      if ((this.#refusedAtMs.get(name) ?? 0) >= createdMsOf(job)) {
        book.nodes.set(uid, { ...fresh(this.#clock.now()), ended: 'given up', refused: true });
        continue;
      }
      const waited = { sinceMs: createdMsOf(job), nowMs: this.#clock.now() };
      const late = isOutOfPatience(this.#truth.nodes.get(name), waited);
      if (late) book.nodes.set(uid, { ...fresh(this.#clock.now()), ended: 'given up' });
      else if (this.#isCalm) this.#report(`the job gave up on ${name} too early`, change);
    }
  }

  #seeNodeImage(actor: Actor, change: StoredChange): void {
    const after = change.object as NodeImage;
    if (change.type === 'DELETED') this.#leftAtMs.set(after.metadata.name, this.#clock.now());
    const knownNodes = this.#knownNodes();
    this.#judgeCeilings(actor, change);
    for (const book of this.#books.values()) {
      book.mostNodes = Math.max(book.mostNodes, knownNodes);
      if (change.type !== 'MODIFIED') continue;
      const was = standingOf(change.previous as NodeImage, book.image, book.uid);
      const is = standingOf(after, book.image, book.uid);
      if (was.kind === 'none' && is.kind === 'none') continue;
      this.#judge({ actor, change, book, was, is });
    }
  }

  /** As many nodes as a manager may have in mind: it may not know yet of those that left. */
  #knownNodes(): number {
    const { nodeImages } = this.#truth;
    const sinceMs = this.#clock.now() - LATEST_NEWS_MS;
    const left = [...this.#leftAtMs].filter(([name, ms]) => ms >= sinceMs && !nodeImages.has(name));
    return nodeImages.size + left.length;
  }

  #judge(move: Move): void {
    const { actor, book, was, is, change } = move;
    const uid = change.object.metadata.uid ?? '';
    const node = book.nodes.get(uid);
    const begins = is.kind === 'pending' && was.kind !== 'pending';
    if (actor === 'person' && JSON.stringify(was) !== JSON.stringify(is)) {
      book.nodes.set(uid, { ...(node ?? fresh(this.#clock.now())), touched: true });
    } else if (actor === 'daemon') {
      if (begins && node?.touched !== true)
        this.#report(`${book.name}: a result was forgotten`, change);
    } else if (actor === 'manager') {
      if (begins) this.#judgeAssignment(move, node);
      else if (is.kind === 'none') this.#judgeRemoval(move, node);
    }
    const now = book.nodes.get(uid);
    if (now !== undefined && (is.kind === 'succeeded' || is.kind === 'failed')) now.ended = is.kind;
  }

  #judgeAssignment({ change, book }: Move, node: NodeBook | undefined): void {
    const nowMs = this.#clock.now();
    const job = this.#truth.jobOf(book.uid);
    // A node may come in the moment in which the answer to the end of the job is lost.
    const endedMs = Date.parse(job?.status?.completionTime ?? '') || Number.POSITIVE_INFINITY;
    if (endedMs + (this.#isCalm ? 0 : LATEST_NEWS_MS) < nowMs) {
      this.#report(`${book.name}: a finished job started a pull`, change);
    }
    if (node?.ended !== undefined && !this.#mayRepeat(book, node, job)) {
      this.#report(`${book.name}: a target that ${node.ended} was started again`, change);
    }
    book.nodes.set(change.object.metadata.uid ?? '', fresh(nowMs));
    const slots = this.#slotsOf(book);
    const limit = book.limit(nowMs);
    if (slots > limit) this.#report(`${book.name}: ${slots} pulls where ${limit} may run`, change);
  }

  #mayRepeat(book: JobBook, node: NodeBook, job: ImagePullJob | undefined): boolean {
    const never = job?.spec.completionPolicy.type === 'Never';
    return (
      node.touched ||
      (book.secretChangedMs >= node.assignedAtMs && node.ended === 'failed') ||
      (never && this.#clock.now() - node.assignedAtMs >= REPULL_MS)
    );
  }

  #slotsOf(book: JobBook): number {
    let slots = 0;
    for (const nodeImage of this.#truth.nodeImages.values()) {
      const touched = book.nodes.get(nodeImage.metadata.uid ?? '')?.touched === true;
      const { kind } = standingOf(nodeImage, book.image, book.uid);
      if (kind === 'pending' && !touched) slots++;
    }
    return slots;
  }

  #judgeCeilings(actor: Actor, change: StoredChange): void {
    if (change.type !== 'MODIFIED') return;
    const by = { ...this.#moment, isManager: actor === 'manager' };
    for (const problem of this.#registries.see(change, by)) this.#report(problem, change);
  }

  #judgeRemoval({ change, book, was }: Move, node: NodeBook | undefined): void {
    const nowMs = this.#clock.now();
    const job = this.#truth.jobOf(book.uid);
    const over = job === undefined || job.metadata.deletionTimestamp !== undefined;
    if (over || job.status?.completionTime !== undefined || node === undefined) return;
    const { name } = change.object.metadata;
    const isTarget = targetsOf(job, this.#truth).has(name);
    const wasRefused = (this.#refusedAtMs.get(name) ?? 0) >= book.editedMs;
    const edited = wasRefused || nowMs - book.editedMs < LATEST_NEWS_MS;
    if (was.kind !== 'pending') {
      // What an edit took away, late where the API server refused it, may be asked for anew when the job chooses the node again.
      if (edited) delete node.ended;
      else this.#report(`${book.name}: the result of an unfinished job was dropped`, change);
      return;
    }
    const late = isPullLate(was, { node: this.#truth.nodes.get(name), job, nowMs });
    if (late && isTarget) node.ended = 'given up';
    else if (isTarget && !edited && this.#isCalm)
      this.#report(`${book.name}: gave up too early`, change);
    else node.released = true;
  }
}

interface Move {
  readonly actor: Actor;
  readonly change: StoredChange;
  readonly book: JobBook;
  readonly was: Standing;
  readonly is: Standing;
}
