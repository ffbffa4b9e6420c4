import type { ApiObject } from '../objects/api-object.ts';
import type { ServedResource } from '../registry/registry.ts';
import { resourceName } from '../registry/resource-type.ts';
import { AGE_COLUMNS, BUILT_IN_COLUMNS } from './built-in-columns.ts';
import { NAME, printerColumn, type TableColumn } from './table-column.ts';

/** How much of each object a row carries. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** The `columnDefinitions` of a resource. */
export function columnDefinitions(served: ServedResource): readonly object[] {
  return columnsOf(served).map(({ name, type, format = '', description = '', priority = 0 }) => ({
    name,
    type,
    format,
    description,
    priority,
  }));
}

/** The rows of a table, one for each object. */
export function tableRows(
  served: ServedResource,
  objects: readonly ApiObject[],
  options: { readonly includeObject: IncludeObject; readonly nowMs: number },
): readonly object[] {
  const columns = columnsOf(served);
  return objects.map(object => ({
    cells: columns.map(({ cell }) => cell(object, options.nowMs)),
    object: included(object, options.includeObject),
  }));
}

/** The object of a row, or of a client that asks for metadata only. */
export function partialMetadata({ metadata }: ApiObject): object {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}

function included(object: ApiObject, include: IncludeObject): object | null {
  if (include === 'None') return null;
  return include === 'Object' ? object : partialMetadata(object);
}

function columnsOf({ type, version }: ServedResource): readonly TableColumn[] {
  if (version.columns !== undefined) return [NAME, ...version.columns.map(printerColumn)];
  return BUILT_IN_COLUMNS[resourceName(type)] ?? AGE_COLUMNS;
}
