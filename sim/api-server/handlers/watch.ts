import type { ServerResponse } from 'node:http';
import { onAbort } from '../../../runtime/abort.ts';
import { type ApiRequest, collectionOf, isSet } from '../http/api-request.ts';
import type { Reply } from '../http/reply.ts';
import { includeObjectOf, representationOf } from '../http/representation.ts';
import type { ApiObject } from '../objects/api-object.ts';
import { groupVersion } from '../registry/resource-type.ts';
import { type Selection, selectionOf } from '../selectors/selection.ts';
import { ApiError, expired } from '../status/api-error.ts';
import { Delivery } from '../store/delivery.ts';
import type { StoreEvent } from '../store/event-ring.ts';
import { columnDefinitions, partialMetadata, tableRows } from '../table/table.ts';
import { revisionIn } from './revision.ts';
import { WatchStream } from './watch-stream.ts';

/** Streams of clients that name no time limit end after this long, as on a real server. */
const DEFAULT_TIMEOUT_SECONDS = 45 * 60;
/** A day; timers of node end at 24 of them. */
const MAX_TIMEOUT_SECONDS = 86_400;

/** GET with `watch=true`: changes after a revision, or the state now and then changes. */
export function watchObjects(request: ApiRequest): Reply {
  const { query, backend } = request;
  const selection = selectionOf(request);
  const render = rendererOf(request);
  const start = startOf(request, selection);
  return {
    stream: response => {
      const stream = openStream(request, response);
      if (start instanceof ApiError) {
        stream.endWith(start.body);
        return;
      }
      for (const delivery of start) stream.write(lineFor(delivery, selection, render));
      if (isSet(query, 'sendInitialEvents')) stream.bookmark(backend.store.revision, true);
      const stopWatching = collectionOf(request).watch({
        pin: selection.pin,
        deliver: delivery => stream.write(lineFor(delivery, selection, render)),
      });
      stream.onEnd(stopWatching);
    },
  };
}

function openStream(request: ApiRequest, response: ServerResponse): WatchStream {
  const { query, backend, type, version, signal } = request;
  const asked = Number(query.get('timeoutSeconds') ?? 0);
  const stream = new WatchStream(response, {
    clock: backend.clock,
    log: backend.log,
    timeoutMs: (asked > 0 ? Math.min(asked, MAX_TIMEOUT_SECONDS) : DEFAULT_TIMEOUT_SECONDS) * 1000,
    bookmarks: isSet(query, 'allowWatchBookmarks'),
    apiVersion: groupVersion(type.group, version.name),
    kind: type.kind,
    revision: () => backend.store.revision,
  });
  stream.onEnd(onAbort(signal, () => stream.end()));
  return stream;
}

/** What a watch begins with, or the error that it consists of. */
export function startOf(request: ApiRequest, selection: Selection): readonly Delivery[] | ApiError {
  const { query, backend } = request;
  const collection = collectionOf(request);
  const revision = Number(query.get('resourceVersion') ?? 0);
  if (isSet(query, 'sendInitialEvents') || revision === 0) {
    const objects = collection.list().filter(selection.matches);
    return objects.map(object => new Delivery({ type: 'ADDED', revision: 0, object }));
  }
  const from = revisionIn(query, backend.store.revision) ?? 0;
  const events = collection.since(from);
  if (events !== undefined) return events.map(event => new Delivery(event));
  return expired(`too old resource version: ${from} (${collection.floor})`);
}

/** Makes the line that tells an event to a client. */
type Renderer = (delivery: Delivery, type: StoreEvent['type']) => string;

function lineFor(delivery: Delivery, { matches }: Selection, render: Renderer): string {
  const type = seenAs(delivery.event, matches);
  return type === undefined ? '' : render(delivery, type);
}

/** What a change means to somebody who only sees what matches; undefined when nothing. */
export function seenAs(
  { type, object, previous }: StoreEvent,
  matches: (object: ApiObject) => boolean,
): StoreEvent['type'] | undefined {
  const did = previous !== undefined && matches(previous);
  const does = type !== 'DELETED' && matches(object);
  if (did) return does ? 'MODIFIED' : 'DELETED';
  return does ? 'ADDED' : undefined;
}

function rendererOf(request: ApiRequest): Renderer {
  const apiVersion = groupVersion(request.type.group, request.version.name);
  const line = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;
  switch (representationOf(request.accept)) {
    case 'object':
      return (delivery, type) => delivery.line(type, apiVersion);
    case 'metadata':
      return (delivery, type) => line(type, partialMetadata(delivery.objectFor(type)));
    case 'table': {
      const tables = tableRenderer(request);
      return (delivery, type) => line(type, tables(delivery.objectFor(type)));
    }
  }
}

/** Only the first table of a stream tells the columns. */
function tableRenderer(request: ApiRequest): (object: ApiObject) => object {
  const includeObject = includeObjectOf(request.query);
  let columns: readonly object[] | null = columnDefinitions(request);
  return object => {
    const nowMs = request.backend.clock.now();
    const table = {
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata: { resourceVersion: object.metadata.resourceVersion },
      columnDefinitions: columns,
      rows: tableRows(request, [object], { includeObject, nowMs }),
    };
    columns = null;
    return table;
  };
}
