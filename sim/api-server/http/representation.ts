import { ApiError } from '../status/api-error.ts';
import type { IncludeObject } from '../table/table.ts';

/** The form in which a client wants objects. */
export type Representation = 'object' | 'table' | 'metadata';

/** Picks the first form in an Accept header that the server can give; 406 when there is none. */
export function representationOf(accept: string): Representation {
  const ranges = accept.split(',').map(range => range.trim());
  if (accept.trim() === '') return 'object';
  for (const range of ranges) {
    const [type = '', ...parameters] = range.split(';').map(part => part.trim());
    if (!JSON_RANGES.includes(type)) continue;
    const as = parameters.find(parameter => parameter.startsWith('as='))?.slice(3) ?? '';
    const form = FORMS[as];
    if (form !== undefined) return form;
  }
  const message = 'only the following media types are accepted: application/json';
  throw new ApiError(406, message, { reason: 'NotAcceptable' });
}

const JSON_RANGES = ['application/json', 'application/*', '*/*'];

const FORMS: Readonly<Record<string, Representation>> = {
  '': 'object',
  Table: 'table',
  PartialObjectMetadata: 'metadata',
  PartialObjectMetadataList: 'metadata',
};

const INCLUDE: readonly IncludeObject[] = ['None', 'Metadata', 'Object'];

/** How much of each object the rows of a table shall carry. */
export function includeObjectOf(query: URLSearchParams): IncludeObject {
  return INCLUDE.find(include => include === query.get('includeObject')) ?? 'Metadata';
}
