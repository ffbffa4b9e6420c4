/** Label and field selectors as they stand in a query string. */

/** True when an object is selected. */
export type Selects = (object: object) => boolean;

/** What a list or a watch asks for. */
export interface Selection {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** True for objects in the namespace that both selectors select. */
export function selects(selection: Selection): Selects {
  const { namespace, labelSelector, fieldSelector } = selection;
  const byLabel = labelSelects(labelSelector);
  const byField = fieldSelects(fieldSelector);
  const isInside: Selects = object =>
    namespace === undefined || valueAt(object, 'metadata.namespace') === namespace;
  return object => isInside(object) && byLabel(object) && byField(object);
}

/** Parses `a=b,c!=d,e in (x,y),f notin (z),g,!h`; absent selects everything. */
export function labelSelects(selector: string | undefined): Selects {
  if (!selector) return () => true;
  const requirements = selector.split(/,(?![^(]*\))/).map(labelRequirement);
  return object => {
    const labels = (valueAt(object, 'metadata.labels') ?? {}) as Record<string, string>;
    return requirements.every(holds => holds(labels));
  };
}

/** Parses `metadata.name=x,spec.nodeName!=y`; absent selects everything. */
export function fieldSelects(selector: string | undefined): Selects {
  if (!selector) return () => true;
  const requirements = selector.split(',').map(part => {
    const [, path = '', operator, wanted = ''] = /^([^!=]+)(==?|!=)(.*)$/.exec(part) ?? [];
    return { path, negated: operator === '!=', wanted };
  });
  return object =>
    requirements.every(({ path, negated, wanted }) => {
      return ((valueAt(object, path) ?? '') === wanted) !== negated;
    });
}

function labelRequirement(part: string): (labels: Record<string, string>) => boolean {
  const set = /^\s*(\S+)\s+(in|notin)\s+\(([^)]*)\)\s*$/.exec(part);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map(value => value.trim());
    return labels => {
      const within = key in labels && values.includes(labels[key] ?? '');
      return within === (operator === 'in');
    };
  }
  const equality = /^\s*([^!=\s]+)\s*(==?|!=)\s*(\S*)\s*$/.exec(part);
  if (equality) {
    const [, key = '', operator, value] = equality;
    return labels => (labels[key] === value) !== (operator === '!=');
  }
  const key = part.trim();
  if (key.startsWith('!')) return labels => !(key.slice(1) in labels);
  return labels => key in labels;
}

function valueAt(object: object, path: string): unknown {
  let value: unknown = object;
  for (const name of path.split('.'))
    value = (value as Record<string, unknown> | undefined)?.[name];
  return value;
}
