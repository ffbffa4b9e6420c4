import { groupVersion, type ResourceType, type ResourceVersion } from './resource-type.ts';

/** A resource in one of its served versions. */
export interface ServedResource {
  readonly type: ResourceType;
  readonly version: ResourceVersion;
}

/** A group with its served versions, the preferred one first. */
export interface ServedGroup {
  readonly name: string;
  readonly versions: readonly string[];
}

/** What the server serves now. Custom resources come and go with their definitions. */
export class Registry {
  readonly #types = new Map<string, ResourceType>();

  constructor(types: readonly ResourceType[]) {
    for (const type of types) this.set(type);
  }

  /** Adds a type, or replaces the one of the same group and plural. */
  set(type: ResourceType): void {
    this.#types.set(`${type.group}/${type.plural}`, type);
  }

  delete(type: Pick<ResourceType, 'group' | 'plural'>): void {
    this.#types.delete(`${type.group}/${type.plural}`);
  }

  get(group: string, plural: string): ResourceType | undefined {
    return this.#types.get(`${group}/${plural}`);
  }

  get types(): readonly ResourceType[] {
    return [...this.#types.values()];
  }

  /** The resource in a version, when that version is served. */
  served(group: string, version: string, plural: string): ServedResource | undefined {
    const type = this.get(group, plural);
    const found = type?.versions.find(({ name, served }) => served && name === version);
    return type === undefined || found === undefined ? undefined : { type, version: found };
  }

  /** Resources that a version of a group serves. */
  inGroupVersion(group: string, version: string): readonly ServedResource[] {
    return this.types
      .filter(type => type.group === group)
      .flatMap(({ plural }) => this.served(group, version, plural) ?? []);
  }

  /** The type that serves a kind, by `apiVersion` and `kind` of an object. */
  ofKind(apiVersion: string, kind: string): ServedResource | undefined {
    for (const type of this.#types.values()) {
      if (type.kind !== kind) continue;
      const version = type.versions.find(v => groupVersion(type.group, v.name) === apiVersion);
      if (version !== undefined) return { type, version };
    }
    return undefined;
  }

  /** Every group, in the order in which discovery tells them. */
  get groups(): readonly ServedGroup[] {
    const versions = new Map<string, Set<string>>();
    for (const type of this.#types.values()) {
      const known = versions.get(type.group) ?? new Set();
      versions.set(type.group, known);
      for (const { name, served } of type.versions) if (served) known.add(name);
    }
    return [...versions].map(([name, names]) => ({
      name,
      versions: [...names].sort(byVersionPriority),
    }));
  }
}

/** Orders versions as kube-apiserver does: v2, v1, v1beta1, v1alpha1, then anything else by name. */
export function byVersionPriority(a: string, b: string): number {
  const [left, right] = [priorityOf(a), priorityOf(b)];
  for (const [i, rank] of left.entries()) {
    if (rank !== right[i]) return (right[i] ?? 0) - rank;
  }
  return a < b ? -1 : Number(a > b);
}

const STAGES: Readonly<Record<string, number>> = { alpha: 1, beta: 2 };
const STABLE = 3;

/** Stage, then major, then minor; all bigger first. */
function priorityOf(version: string): readonly [number, number, number] {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (match === null) return [0, 0, 0];
  const [, major, stage, minor] = match;
  return [stage === undefined ? STABLE : (STAGES[stage] ?? 0), Number(major), Number(minor ?? 0)];
}
