import { findCondition } from '../../api/conditions.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { nodeImageEntryOf, parseImageReference, registryOf } from '../../api/image-reference.ts';
import { jobState } from '../../api/job-state.ts';
import {
  type Ceilings,
  ceilingFor,
  NO_CEILINGS,
  parseCeilings,
} from '../../controllers/registry-budget/ceilings.ts';
import { PullsInFlight } from '../../controllers/registry-budget/pulls-in-flight.ts';
import type { RegistryRow } from '../wire/rows.ts';
import type { Caches } from './caches.ts';

/** The key of the ConfigMap of ceilings that is read. */
const KEY = 'ceilings';

/** Pulls and ceilings by registry, counted from the caches as the leader does, so that every replica can tell. */
export class RegistryRows {
  readonly #caches: Caches;
  readonly #most: number | undefined;
  readonly #pulls = new PullsInFlight();

  constructor(options: { readonly maxPullsPerRegistry: number }, caches: Caches) {
    this.#most = options.maxPullsPerRegistry === 0 ? undefined : options.maxPullsPerRegistry;
    this.#caches = caches;
  }

  /** Takes in what the NodeImage of a node shows now. */
  update(node: string): void {
    this.#pulls.update(node, this.#caches.nodeImages.get(node));
  }

  /** The registries of pulls, of running jobs and of the operator's own ceilings, by host. */
  rows(): ReadonlyMap<string, RegistryRow> {
    const ceilings = this.#ceilings();
    const running = this.#runningJobs();
    const named = [...ceilings.byHost.keys()].filter(host => !host.startsWith('*'));
    const hosts = new Set([...this.#pulls.hosts(), ...running.keys(), ...named]);
    return new Map(
      [...hosts].map(host => [host, this.#row(host, ceilings, running.get(host) ?? [])]),
    );
  }

  #row(host: string, ceilings: Ceilings, jobs: readonly ImagePullJob[]): RegistryRow {
    const ceiling = ceilingFor(ceilings, host) ?? this.#most;
    const held = jobs.flatMap(({ status }) => {
      const progress = findCondition(status?.conditions, 'Progressing');
      return progress?.reason === 'RegistryBudget' ? [progress.message] : [];
    });
    return {
      inFlight: this.#pulls.count(host),
      heldJobs: held.length,
      ...(ceiling === undefined || ceiling === Number.POSITIVE_INFINITY ? {} : { ceiling }),
      ...(held[0] === undefined ? {} : { hold: held[0] }),
    };
  }

  #ceilings(): Ceilings {
    const [configMap] = this.#caches.registryBudget?.list() ?? [];
    const text = configMap?.data?.[KEY];
    return text === undefined ? NO_CEILINGS : parseCeilings(text).ceilings;
  }

  #runningJobs(): ReadonlyMap<string, readonly ImagePullJob[]> {
    const byHost = new Map<string, ImagePullJob[]>();
    for (const job of this.#caches.imagePullJobs.list()) {
      const parsed = parseImageReference(job.spec.image);
      if (!parsed.ok || jobState(job).kind !== 'running') continue;
      const host = registryOf(nodeImageEntryOf(parsed.reference).name);
      byHost.set(host, [...(byHost.get(host) ?? []), job]);
    }
    return byHost;
  }
}
