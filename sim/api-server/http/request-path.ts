/** What a path below `/api` or `/apis` names. */
export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** Parts of a namespace itself; anything else after `/namespaces/x/` is a resource in it. */
const NAMESPACE_SUBRESOURCES = ['status', 'finalize'];

/** Reads `/api/v1/…` and `/apis/group/version/…`; undefined when the path names no resource. */
export function parseResourcePath(path: string): ResourcePath | undefined {
  const segments = path.split('/').filter(segment => segment !== '');
  const decoded = segments.map(decode);
  if (decoded.includes(undefined)) return undefined;
  const [root, ...rest] = decoded as readonly string[];
  if (root === 'api') return inVersion('', rest);
  const [group, ...below] = rest;
  return root === 'apis' && group !== undefined ? inVersion(group, below) : undefined;
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    // A malformed escape names nothing; the caller answers 404.
    return undefined;
  }
}

function inVersion(group: string, [version, ...rest]: readonly string[]): ResourcePath | undefined {
  if (version === undefined || rest.length === 0) return undefined;
  const [first, namespace = '', third, ...others] = rest;
  const isNamespaced =
    first === 'namespaces' &&
    third !== undefined &&
    !(group === '' && NAMESPACE_SUBRESOURCES.includes(third));
  if (isNamespaced) return resource({ group, version, namespace }, [third, ...others]);
  return resource({ group, version }, rest);
}

function resource(
  place: Pick<ResourcePath, 'group' | 'version' | 'namespace'>,
  [plural, name, subresource, ...tooMuch]: readonly string[],
): ResourcePath | undefined {
  if (plural === undefined || tooMuch.length > 0) return undefined;
  return {
    ...place,
    plural,
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}
