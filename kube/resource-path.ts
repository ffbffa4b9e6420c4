import { apiVersionOf, type Resource } from '../api/resource.ts';
import { HeadstartError } from '../runtime/errors.ts';

export interface ResourcePathParts {
  /** All namespaces when absent. */
  readonly namespace?: string | undefined;
  /** The collection when absent. */
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
  /** Query parameters; undefined ones are left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
}

/** The path of a collection, an object or a subresource, with its query. */
export function resourcePath(resource: Resource, parts: ResourcePathParts): string {
  const { namespace, name, subresource, query = {} } = parts;
  if (resource.namespaced && name !== undefined && !namespace) {
    throw new HeadstartError('INTERNAL', `${resource.kind} ${name} needs a namespace`);
  }
  const segments = [
    resource.group === '' ? 'api' : 'apis',
    ...apiVersionOf(resource).split('/'),
    ...(resource.namespaced && namespace ? ['namespaces', namespace] : []),
    resource.plural,
    ...(name === undefined ? [] : [name]),
    ...(subresource === undefined ? [] : [subresource]),
  ];
  return `/${segments.map(encodeURIComponent).join('/')}${queryText(query)}`;
}

function queryText(query: NonNullable<ResourcePathParts['query']>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(key, String(value));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}
