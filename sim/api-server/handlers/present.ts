import type { ApiRequest } from '../http/api-request.ts';
import { includeObjectOf, representationOf } from '../http/representation.ts';
import { type ApiObject, inVersion, withoutFields } from '../objects/api-object.ts';
import { groupVersion } from '../registry/resource-type.ts';
import { columnDefinitions, partialMetadata, tableRows } from '../table/table.ts';

/** metav1.ListMeta. */
export interface ListMetadata {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
}

const META = 'meta.k8s.io/v1';

/** One object in the form that the client asked for. */
export function presentObject(request: ApiRequest, object: ApiObject): object {
  const { accept, type, version } = request;
  const shown = inVersion(object, groupVersion(type.group, version.name));
  switch (representationOf(accept)) {
    case 'object':
      return shown;
    case 'metadata':
      return partialMetadata(shown);
    case 'table':
      return table(request, [shown], { resourceVersion: object.metadata.resourceVersion ?? '' });
  }
}

/** A list of objects in the form that the client asked for. */
export function presentList(
  request: ApiRequest,
  objects: readonly ApiObject[],
  metadata: ListMetadata,
): object {
  const { accept, type, version } = request;
  const apiVersion = groupVersion(type.group, version.name);
  const items = objects.map(object => inVersion(object, apiVersion));
  switch (representationOf(accept)) {
    case 'object':
      return { kind: type.listKind, apiVersion, metadata, items: listItems(request, items) };
    case 'metadata':
      return {
        kind: 'PartialObjectMetadataList',
        apiVersion: META,
        metadata,
        items: items.map(partialMetadata),
      };
    case 'table':
      return table(request, items, metadata);
  }
}

/** Lists of built-in kinds do not repeat the kind in each item, as Go's encoder leaves it out there. */
function listItems({ type }: ApiRequest, items: readonly ApiObject[]): readonly object[] {
  return type.custom ? items : items.map(item => withoutFields(item, 'apiVersion', 'kind'));
}

function table(request: ApiRequest, objects: readonly ApiObject[], metadata: ListMetadata): object {
  const nowMs = request.backend.clock.now();
  const includeObject = includeObjectOf(request.query);
  return {
    kind: 'Table',
    apiVersion: META,
    metadata,
    columnDefinitions: columnDefinitions(request),
    rows: tableRows(request, objects, { includeObject, nowMs }),
  };
}
