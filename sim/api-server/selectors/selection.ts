import type { ApiRequest } from '../http/api-request.ts';
import type { ApiObject } from '../objects/api-object.ts';
import { PINNED_FIELDS, type Pin } from '../store/watcher-index.ts';
import { matchesFields, parseFieldSelector } from './field-selector.ts';
import { matchesLabels, parseLabelSelector } from './label-selector.ts';

/** Which objects a list or watch is about. */
export interface Selection {
  readonly matches: (object: ApiObject) => boolean;
  /** A field that has one value in everything that matches. */
  readonly pin: Pin | undefined;
}

/** Reads namespace, name and selectors of a request. */
export function selectionOf(request: ApiRequest): Selection {
  const { query, namespace, name, type } = request;
  const fields = parseFieldSelector(query.get('fieldSelector') ?? '', type.selectableFields);
  const named =
    name === undefined ? fields : [...fields, { field: 'metadata.name', equal: true, value: name }];
  const labels = parseLabelSelector(query.get('labelSelector') ?? '');
  return {
    matches: object =>
      (namespace === undefined || object.metadata.namespace === namespace) &&
      matchesLabels(labels, object.metadata.labels) &&
      matchesFields(named, type.selectableFields, object),
    pin: PINNED_FIELDS.flatMap(field =>
      named
        .filter(requirement => requirement.field === field && requirement.equal)
        .map(({ value }) => ({ field, value })),
    )[0],
  };
}
