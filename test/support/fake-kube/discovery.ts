import type { Resource } from '../../../api/resource.ts';
import * as resources from '../../../api/resources.ts';

/** Every kind that Headstart knows. */
export const ALL_RESOURCES = Object.values(resources) as readonly Resource[];

/** What `/version`, `/apis/<group>` and `/apis/<group>/<version>` answer; undefined elsewhere. */
export function discoveryBody(path: string, isServed: (resource: Resource) => boolean): unknown {
  if (path === '/version') return { major: '1', minor: '34', gitVersion: 'v1.34.0-fake' };
  const [, prefix, group, version] = path.split('/');
  const served = ALL_RESOURCES.filter(resource => resource.group === group && isServed(resource));
  if (prefix !== 'apis' || served.length === 0) return undefined;
  if (version === undefined) {
    const versions = [...new Set(served.map(resource => resource.version))];
    return {
      kind: 'APIGroup',
      name: group,
      versions: versions.map(name => ({ groupVersion: `${group}/${name}`, version: name })),
    };
  }
  return {
    kind: 'APIResourceList',
    groupVersion: `${group}/${version}`,
    resources: served.flatMap(({ plural, kind, namespaced }) => [
      { name: plural, kind, namespaced },
      { name: `${plural}/status`, kind, namespaced },
    ]),
  };
}
