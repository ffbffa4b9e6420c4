import { keyOf } from '../../api/meta.ts';
import type { Delta } from '../wire/feed.ts';
import type { NodeDetails } from '../wire/node-details.ts';
import { type JobRow, type NodeRow, type RegistryRow, TABLES, type Tables } from '../wire/rows.ts';
import type { Caches } from './caches.ts';
import { jobRow } from './job-row.ts';
import { LiveTable } from './live-table.ts';
import { nodeDetails, nodeRow } from './node-row.ts';
import { OpenJobs } from './open-jobs.ts';
import { RegistryRows } from './registry-rows.ts';

/**
 * What the page shows, followed from the caches from its making on. It is made when the first one looks and dropped after the last:
 * a dashboard that nobody looks at costs nothing.
 */
export class LiveView {
  readonly #caches: Caches;
  readonly #openJobs: OpenJobs;
  readonly #registries: RegistryRows;
  #registryRows: ReadonlyMap<string, RegistryRow> = new Map();
  readonly #tables: {
    readonly jobs: LiveTable<JobRow>;
    readonly nodes: LiveTable<NodeRow>;
    readonly registries: LiveTable<RegistryRow>;
  };

  constructor(options: { readonly maxPullsPerRegistry: number }, caches: Caches) {
    this.#caches = caches;
    this.#openJobs = new OpenJobs(caches);
    this.#registries = new RegistryRows(options, caches);
    this.#tables = {
      jobs: new LiveTable(key => {
        const job = caches.imagePullJobs.get(key);
        return job && jobRow(job);
      }),
      nodes: new LiveTable(name => nodeRow(name, caches, this.#openJobs)),
      registries: new LiveTable(host => this.#registryRows.get(host)),
    };
    for (const job of caches.imagePullJobs.list()) this.jobChanged(keyOf(job));
    for (const { metadata } of caches.nodeImages.list()) this.nodeImageChanged(metadata.name);
    this.flush();
  }

  jobChanged(key: string): void {
    this.#tables.jobs.mark(key);
    if (this.#openJobs.update(key)) this.#tables.nodes.markAll();
  }

  nodeImageChanged(name: string): void {
    this.#registries.update(name);
    this.#tables.nodes.mark(name);
  }

  nodeChanged(name: string): void {
    this.#tables.nodes.mark(name);
  }

  /** A pod of `namespace` came to `node`, changed there or left it. */
  podChanged(namespace: string | undefined, node: string): void {
    if (this.#openJobs.chooseByPods(namespace)) this.#tables.nodes.mark(node);
  }

  /** All rows, as they were at the last flush. */
  tables(): Tables {
    const { jobs, nodes, registries } = this.#tables;
    return { jobs: jobs.rows(), nodes: nodes.rows(), registries: registries.rows() };
  }

  /** Looks at what changed; undefined when nobody would see a difference. */
  flush(): Delta['tables'] | undefined {
    this.#registryRows = this.#registries.rows();
    this.#tables.registries.markAll();
    for (const host of this.#registryRows.keys()) this.#tables.registries.mark(host);
    const changed = TABLES.flatMap(name => {
      const delta = this.#tables[name].flush();
      return delta === undefined ? [] : [[name, delta] as const];
    });
    return changed.length === 0 ? undefined : Object.fromEntries(changed);
  }

  /** One node with its images; undefined when it has no NodeImage. */
  node(name: string): NodeDetails | undefined {
    return nodeDetails(name, this.#caches, this.#openJobs);
  }
}
