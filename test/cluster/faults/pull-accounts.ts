/** What became of one image on all nodes. */
export interface PullAccount {
  /** Nodes that began to pull it. */
  readonly nodes: number;
  /** `node version, version, …` of the nodes that pulled it more than once. */
  readonly repeated: readonly string[];
  /** The most nodes that were pulling it at one moment. */
  readonly mostAtOnce: number;
}

interface Entry {
  readonly versions: Map<string, number[]>;
  readonly running: Set<string>;
  mostAtOnce: number;
}

/** Books of every pull that a node began, by image reference. */
export class PullAccounts {
  readonly #entries = new Map<string, Entry>();

  begin(reference: string, node: string, version: number): void {
    const { versions, running } = this.#entry(reference);
    versions.set(node, [...(versions.get(node) ?? []), version]);
    running.add(node);
    const entry = this.#entry(reference);
    entry.mostAtOnce = Math.max(entry.mostAtOnce, running.size);
  }

  end(reference: string, node: string): void {
    this.#entry(reference).running.delete(node);
  }

  of(reference: string): PullAccount {
    const { versions, mostAtOnce } = this.#entry(reference);
    const repeated = [...versions].filter(([, begun]) => begun.length > 1);
    return {
      nodes: versions.size,
      repeated: repeated.map(([node, begun]) => `${node} ${begun.join(', ')}`),
      mostAtOnce,
    };
  }

  #entry(reference: string): Entry {
    const known = this.#entries.get(reference);
    if (known !== undefined) return known;
    const entry = { versions: new Map(), running: new Set<string>(), mostAtOnce: 0 };
    this.#entries.set(reference, entry);
    return entry;
  }
}
