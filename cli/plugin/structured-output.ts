import { stringify } from 'yaml';
import type { KubeObject } from '../../api/meta.ts';
import type { OutputFormat } from './output-format.ts';

/** `value` for programs, as lines. */
export function structured(format: OutputFormat, value: unknown): readonly string[] {
  const text = format === 'yaml' ? stringify(value) : JSON.stringify(value, undefined, 4);
  return text.trimEnd().split('\n');
}

/** Objects as `kubectl get` gives them to programs: one as itself, several as a List, or their names. */
export function objectsAs(
  format: OutputFormat,
  objects: readonly KubeObject[],
  resourceName: string,
): readonly string[] {
  if (format === 'name') return objects.map(({ metadata }) => `${resourceName}/${metadata.name}`);
  return structured(format, {
    apiVersion: 'v1',
    kind: 'List',
    metadata: { resourceVersion: '' },
    items: objects,
  });
}
