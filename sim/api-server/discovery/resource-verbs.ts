import { REVIEW_KINDS } from '../handlers/reviews.ts';
import type { Registry } from '../registry/registry.ts';
import type { ResourceType, ResourceVersion } from '../registry/resource-type.ts';

const COLLECTION_VERBS = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];
const SUBRESOURCE_VERBS = ['get', 'patch', 'update'];

/** A resource or subresource as discovery tells it. */
export interface DiscoveredResource {
  readonly plural: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly DiscoveredSubresource[];
}

export interface DiscoveredSubresource {
  readonly name: string;
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly verbs: readonly string[];
}

/** Everything that a version of a group serves, by name. */
export function discoveredResources(
  registry: Registry,
  group: string,
  version: string,
): readonly DiscoveredResource[] {
  const stored = registry
    .inGroupVersion(group, version)
    .map(served => discovered(served.type, served.version));
  const reviews = REVIEW_KINDS.filter(kind => kind.group === group && version === 'v1').map(
    ({ plural, kind }) => ({
      plural,
      singular: kind.toLowerCase(),
      namespaced: false,
      kind: { group, version, kind },
      verbs: ['create'],
      shortNames: [],
      categories: [],
      subresources: [],
    }),
  );
  return [...stored, ...reviews].sort((a, b) => (a.plural < b.plural ? -1 : 1));
}

function discovered(type: ResourceType, version: ResourceVersion): DiscoveredResource {
  const { plural, singular, namespaced, shortNames, categories } = type;
  const kind = { group: type.group, version: version.name, kind: type.kind };
  const scale = { group: 'autoscaling', version: 'v1', kind: 'Scale' };
  return {
    plural,
    singular,
    namespaced,
    kind,
    verbs: COLLECTION_VERBS,
    shortNames,
    categories,
    subresources: [
      ...(version.hasStatus ? [{ name: 'status', kind, verbs: SUBRESOURCE_VERBS }] : []),
      ...(version.scale ? [{ name: 'scale', kind: scale, verbs: SUBRESOURCE_VERBS }] : []),
    ],
  };
}

/** Groups besides the core one, those of reviews included. */
export function discoveredGroups(
  registry: Registry,
): readonly { readonly name: string; readonly versions: readonly string[] }[] {
  const groups = registry.groups.filter(({ name }) => name !== '');
  const known = new Set(groups.map(({ name }) => name));
  const reviews = new Set(REVIEW_KINDS.map(({ group }) => group));
  const others = [...reviews].filter(name => !known.has(name));
  return [...groups, ...others.map(name => ({ name, versions: ['v1'] }))];
}
