import type { ApiObject } from '../objects/api-object.ts';
import type { PrinterColumn } from '../registry/resource-type.ts';
import { ageOf } from './human-duration.ts';
import { jsonPath } from './json-path.ts';

/** A column of a table, and what stands in it. */
export interface TableColumn {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  /** Above 0: only with `-o wide`. */
  readonly priority?: number;
  readonly cell: (object: ApiObject, nowMs: number) => unknown;
}

/** The first column of nearly every table. */
export const NAME: TableColumn = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description:
    'Name must be unique within a namespace. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
  cell: ({ metadata }) => metadata.name,
};

/** The column of a CustomResourceDefinition. */
export function printerColumn(column: PrinterColumn): TableColumn {
  const { name, type, format, priority } = column;
  const find = jsonPath(column.jsonPath);
  const description =
    column.description ??
    `Custom resource definition column (in JSONPath format): ${column.jsonPath}`;
  return {
    name,
    type,
    description,
    ...(format === undefined ? {} : { format }),
    ...(priority === undefined ? {} : { priority }),
    cell: (object, nowMs) => cellOf(type, find(object), nowMs),
  };
}

/** Values of the wrong type leave the cell empty. */
function cellOf(type: string, values: readonly unknown[], nowMs: number): unknown {
  const [first] = values;
  if (first === undefined || first === null) return null;
  switch (type) {
    case 'integer':
    case 'number':
      return typeof first === 'number' ? first : null;
    case 'boolean':
      return typeof first === 'boolean' ? first : null;
    case 'date':
      return ageOf(first, nowMs);
    default:
      return values.map(text).join(' ');
  }
}

const text = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);
