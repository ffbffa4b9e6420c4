import { registryOf } from '../../api/image-reference.ts';
import {
  type ImageTagSpec,
  type ImageTagStatus,
  isFinalPhase,
  type NodeImage,
} from '../../api/node-image.ts';
import { NODE_IMAGES } from '../../api/resources.ts';
import { timestamp } from '../../runtime/clock.ts';
import type { FakeKube } from '../support/fake-kube.ts';
import { isFiller } from './objects.ts';
import { nameAndTag } from './standing.ts';
import type { Truth } from './truth.ts';

/** How the daemon of a node fares. */
export const DAEMON_MODES = [
  'well',
  'fails',
  'silent',
  'slow',
  'late',
  'attempts',
  'limited',
] as const;
export type DaemonMode = (typeof DAEMON_MODES)[number];

/** A daemon looks at its NodeImage this long after a change. */
const REACTION_MS = 5;
const PULL_MS: Readonly<Record<DaemonMode, number>> = {
  well: 900,
  fails: 400,
  silent: 0,
  slow: 200_000,
  late: 700,
  attempts: 500,
  limited: 600,
};
const LATE_MS = 25_000;
/** Attempts that fail before the last one. */
const FAILED_ATTEMPTS: Partial<Record<DaemonMode, number>> = { attempts: 2, limited: 1 };

interface Task {
  readonly version: number;
  readonly cancel: () => void;
}

interface Daemon {
  readonly uid: string;
  readonly statuses: Map<string, ImageTagStatus>;
  readonly tasks: Map<string, Task>;
  /** Images on the disk. */
  readonly present: Set<string>;
  sync: (() => void) | undefined;
}

/** Daemons of all nodes, as the contract in docs and reference describes them: each reads its NodeImage and writes its status, nothing else. */
export class ModelDaemons {
  readonly #kube: FakeKube;
  readonly #truth: Truth;
  readonly #modes = new Map<string, DaemonMode>();
  readonly #daemons = new Map<string, Daemon>();
  /** Registries that refuse every pull until then. */
  readonly #limitedUntilMs = new Map<string, number>();
  #frozen = false;

  constructor(deps: { readonly kube: FakeKube; readonly truth: Truth }) {
    this.#kube = deps.kube;
    this.#truth = deps.truth;
  }

  /** Takes note of a change of the NodeImage of `node`. */
  changed(node: string): void {
    if (this.#frozen) return;
    const daemon = this.#daemonOf(node);
    if (daemon === undefined || daemon.sync !== undefined) return;
    daemon.sync = this.#kube.clock.after(REACTION_MS, () => {
      daemon.sync = undefined;
      this.#look(node, daemon);
    });
  }

  /** How pulls of `node` go from now on; those that run go on as they began, unless it falls silent. */
  setMode(node: string, mode: DaemonMode): void {
    this.#modes.set(node, mode);
    if (mode === 'silent') this.restart(node);
    this.changed(node);
  }

  /** The registry answers 429 to all pulls that begin within `ms`. */
  limit(host: string, ms: number): void {
    this.#limitedUntilMs.set(host, this.#kube.clock.now() + ms);
  }

  /** The daemon forgets what it was doing; what the NodeImage shows as ended is not done again. */
  restart(node: string): void {
    const daemon = this.#daemons.get(node);
    if (daemon === undefined) return;
    for (const task of daemon.tasks.values()) task.cancel();
    daemon.tasks.clear();
    this.changed(node);
  }

  /** All daemons do well from now on, and start over what they have. */
  heal(): void {
    this.#modes.clear();
    this.#limitedUntilMs.clear();
    for (const name of this.#truth.nodeImages.keys()) this.restart(name);
    for (const name of this.#truth.nodeImages.keys()) this.changed(name);
  }

  /** Whether daemons do anything; what they miss they see later. */
  set frozen(frozen: boolean) {
    this.#frozen = frozen;
    if (!frozen) for (const name of this.#truth.nodeImages.keys()) this.changed(name);
  }

  #daemonOf(node: string): Daemon | undefined {
    const nodeImage = this.#truth.nodeImages.get(node);
    const found = this.#daemons.get(node);
    if (found !== undefined && found.uid === nodeImage?.metadata.uid) return found;
    for (const task of found?.tasks.values() ?? []) task.cancel();
    found?.sync?.();
    this.#daemons.delete(node);
    if (nodeImage === undefined) return undefined;
    const daemon: Daemon = {
      uid: nodeImage.metadata.uid ?? '',
      statuses: new Map(),
      tasks: new Map(),
      present: new Set(),
      sync: undefined,
    };
    this.#daemons.set(node, daemon);
    return daemon;
  }

  #look(node: string, daemon: Daemon): void {
    const nodeImage = this.#truth.nodeImages.get(node);
    const mode = this.#modes.get(node) ?? 'well';
    if (nodeImage === undefined || nodeImage.metadata.uid !== daemon.uid) return;
    if (mode === 'silent' || this.#frozen) return;
    const wanted = wantedTags(nodeImage);
    for (const [image, task] of daemon.tasks) {
      if (wanted.get(image)?.version === task.version) continue;
      task.cancel();
      daemon.tasks.delete(image);
    }
    let dropped = false;
    for (const image of daemon.statuses.keys()) {
      if (wanted.has(image)) continue;
      daemon.statuses.delete(image);
      dropped = true;
    }
    if (dropped) this.#write(node, daemon);
    for (const [image, entry] of wanted) {
      const limitedUntilMs = this.#limitedUntilMs.get(registryOf(nameAndTag(image).name)) ?? 0;
      const fate = this.#kube.clock.now() < limitedUntilMs ? 'limited' : mode;
      this.#begin({ node, daemon, image, mode: fate }, entry);
    }
  }

  #begin(of: Pull, { tag, version = 0, imagePullPolicy }: ImageTagSpec): void {
    const { daemon, image, mode } = of;
    const status = daemon.statuses.get(image);
    if (status !== undefined && status.version === version && isFinalPhase(status.phase)) return;
    if (daemon.tasks.has(image)) return;
    if (imagePullPolicy === 'IfNotPresent' && daemon.present.has(image)) {
      this.#end(of, { tag, version, phase: 'Succeeded' });
      return;
    }
    if (mode !== 'late') this.#report(of, { tag, version, phase: 'Pulling', startTime: this.#now });
    this.#attempt(of, { tag, version }, 1);
  }

  #attempt(of: Pull, pull: { tag: string; version: number }, number: number): void {
    const { daemon, image, mode } = of;
    const ms = PULL_MS[mode] + (mode === 'late' ? LATE_MS : 0);
    const cancel = this.#kube.clock.after(ms, () => {
      daemon.tasks.delete(image);
      if (number <= (FAILED_ATTEMPTS[mode] ?? 0)) {
        const message = `attempt ${number} failed`;
        const why = mode === 'limited' ? { reason: 'RateLimited' } : {};
        this.#report(of, { ...pull, phase: 'Waiting', message, startTime: this.#now, ...why });
        this.#attempt(of, pull, number + 1);
      } else if (mode === 'limited') {
        this.#end(of, { ...pull, phase: 'Failed', reason: 'RateLimited', message: '429' });
      } else if (mode === 'fails') {
        this.#end(of, { ...pull, phase: 'Failed', reason: 'Unauthorized', message: '401' });
      } else {
        this.#end(of, { ...pull, phase: 'Succeeded' });
      }
    });
    daemon.tasks.set(image, { version: pull.version, cancel });
  }

  #end(of: Pull, status: ImageTagStatus): void {
    if (status.phase === 'Succeeded') of.daemon.present.add(of.image);
    this.#report(of, { ...status, completionTime: this.#now });
  }

  get #now(): string {
    return timestamp(this.#kube.clock);
  }

  #report({ node, daemon, image }: Pull, status: ImageTagStatus): void {
    daemon.statuses.set(image, status);
    this.#write(node, daemon);
  }

  #write(node: string, { uid, statuses }: Daemon): void {
    if (this.#truth.nodeImages.get(node)?.metadata.uid !== uid) return;
    const imageStatuses: Record<string, { tags: ImageTagStatus[] }> = {};
    for (const [image, status] of statuses) {
      const name = image.slice(0, image.length - status.tag.length - 1);
      (imageStatuses[name] ??= { tags: [] }).tags.push(status);
    }
    const value = { desired: statuses.size, imageStatuses };
    const operations = [
      { op: 'replace', path: '/metadata/uid', value: uid } as const,
      { op: 'add', path: '/status', value } as const,
    ];
    this.#kube
      .patch(NODE_IMAGES, { name: node }, { type: 'json', operations }, { subresource: 'status' })
      .catch(() => {
        // The NodeImage went in this moment, and its daemon with it.
      });
  }
}

interface Pull {
  readonly node: string;
  readonly daemon: Daemon;
  /** `name:tag`. */
  readonly image: string;
  readonly mode: DaemonMode;
}

function wantedTags({ spec }: NodeImage): ReadonlyMap<string, ImageTagSpec> {
  const wanted = new Map<string, ImageTagSpec>();
  for (const [name, { tags }] of Object.entries(spec?.images ?? {})) {
    // The daemon has yet to come to them; what it says of hundreds of images would only take time.
    if (isFiller(name)) continue;
    for (const entry of tags) wanted.set(`${name}:${entry.tag}`, entry);
  }
  return wanted;
}
