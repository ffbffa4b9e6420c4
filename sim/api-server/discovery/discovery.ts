import type { Registry } from '../registry/registry.ts';
import { groupVersion } from '../registry/resource-type.ts';
import {
  type DiscoveredResource,
  discoveredGroups,
  discoveredResources,
} from './resource-verbs.ts';

/** Accept of clients that take all of discovery in one document. */
const AGGREGATED = 'as=APIGroupDiscoveryList';
const AGGREGATED_TYPE = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** A discovery document, and the media type when it is not plain JSON. */
export interface DiscoveryDocument {
  readonly json: object;
  readonly contentType?: string;
}

/** The discovery document at a path; undefined when there is none. */
export function discoveryDocument(
  registry: Registry,
  path: string,
  accept: string,
): DiscoveryDocument | undefined {
  const [root, group, version, ...rest] = path.split('/').filter(part => part !== '');
  if (rest.length > 0) return undefined;
  if (root === 'api') return coreDocument(registry, accept, { version: group, extra: version });
  if (root !== 'apis') return undefined;
  if (group === undefined) return groupsDocument(registry, accept);
  const known = discoveredGroups(registry).find(({ name }) => name === group);
  if (known === undefined) return undefined;
  if (version === undefined)
    return { json: { kind: 'APIGroup', apiVersion: 'v1', ...legacy(known) } };
  return known.versions.includes(version)
    ? { json: resourceList(registry, group, version) }
    : undefined;
}

function coreDocument(
  registry: Registry,
  accept: string,
  { version, extra }: { readonly version: string | undefined; readonly extra: string | undefined },
): DiscoveryDocument | undefined {
  if (extra !== undefined) return undefined;
  if (version === 'v1') return { json: resourceList(registry, '', 'v1') };
  if (version !== undefined) return undefined;
  if (accept.includes(AGGREGATED)) return aggregated(registry, [{ name: '', versions: ['v1'] }]);
  return { json: { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] } };
}

function groupsDocument(registry: Registry, accept: string): DiscoveryDocument {
  const groups = discoveredGroups(registry);
  if (accept.includes(AGGREGATED)) return aggregated(registry, groups);
  return { json: { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(legacy) } };
}

type Group = ReturnType<typeof discoveredGroups>[number];

function legacy({ name, versions }: Group): object {
  const all = versions.map(version => ({ groupVersion: groupVersion(name, version), version }));
  return { name, versions: all, preferredVersion: all[0] };
}

function resourceList(registry: Registry, group: string, version: string): object {
  const resources = discoveredResources(registry, group, version).flatMap(legacyResources);
  const named = { kind: 'APIResourceList', apiVersion: 'v1' };
  return { ...named, groupVersion: groupVersion(group, version), resources };
}

function legacyResources(resource: DiscoveredResource): readonly object[] {
  const { plural, singular, namespaced, kind, verbs, shortNames, categories } = resource;
  const own = {
    name: plural,
    singularName: singular,
    namespaced,
    kind: kind.kind,
    verbs,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
  };
  const below = resource.subresources.map(sub => ({
    name: `${plural}/${sub.name}`,
    singularName: '',
    namespaced,
    ...(sub.kind.group === kind.group ? {} : { group: sub.kind.group, version: sub.kind.version }),
    kind: sub.kind.kind,
    verbs: sub.verbs,
  }));
  return [own, ...below];
}

function aggregated(registry: Registry, groups: readonly Group[]): DiscoveryDocument {
  const items = groups.map(({ name, versions }) => ({
    metadata: name === '' ? {} : { name },
    versions: versions.map(version => ({
      version,
      freshness: 'Current',
      resources: discoveredResources(registry, name, version).map(aggregatedResource),
    })),
  }));
  return {
    json: {
      kind: 'APIGroupDiscoveryList',
      apiVersion: 'apidiscovery.k8s.io/v2',
      metadata: {},
      items,
    },
    contentType: AGGREGATED_TYPE,
  };
}

function aggregatedResource(resource: DiscoveredResource): object {
  const { plural, singular, namespaced, kind, verbs, shortNames, categories } = resource;
  return {
    resource: plural,
    responseKind: kind,
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs,
    shortNames,
    categories,
    subresources: resource.subresources.map(sub => ({
      subresource: sub.name,
      responseKind: sub.kind,
      verbs: sub.verbs,
    })),
  };
}
