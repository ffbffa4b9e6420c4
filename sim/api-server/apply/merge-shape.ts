import { asObject, canonicalJson, type JsonObject } from '../objects/json.ts';
import { applyKeysOf, isSetField } from '../patch/merge-keys.ts';
import { fieldSchema, listMapKeys, type Schema } from '../schema/schema.ts';

/** How a list merges: as one value, as a set of values, or item by item. */
export type ListShape =
  | { readonly type: 'atomic' }
  | { readonly type: 'set' }
  | { readonly type: 'map'; readonly keys: readonly string[] };

/** What server-side apply must know of a place in an object. */
export interface MergeShape {
  readonly list: ListShape;
  /** A map that has one owner as a whole. */
  readonly atomicMap: boolean;
  /** The shape of a field of a map. */
  field(name: string): MergeShape;
  /** The shape of the items of a list. */
  readonly items: MergeShape;
}

const ATOMIC: ListShape = { type: 'atomic' };

/** The shape of an object: from the schema of a custom resource, or from what names mean in built-in kinds. */
export function shapeOf(schema: Schema | undefined): MergeShape {
  const body = schema === undefined ? named('') : fromSchema(schema);
  return { ...body, field: name => (name === 'metadata' ? named('') : body.field(name)) };
}

function fromSchema(schema: Schema): MergeShape {
  return {
    list: listShape(schema),
    atomicMap: schema['x-kubernetes-map-type'] === 'atomic',
    field: name => fromSchema(fieldSchema(schema, name) ?? {}),
    get items() {
      return fromSchema(schema.items ?? {});
    },
  };
}

function listShape(schema: Schema): ListShape {
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return { type: 'set' };
    case 'map':
      return { type: 'map', keys: listMapKeys(schema) };
    default:
      return ATOMIC;
  }
}

/** Maps of built-in kinds that are one value: selectors and references. */
const ATOMIC_MAPS: ReadonlySet<string> = new Set([
  'selector',
  'labelSelector',
  'secretRef',
  'configMapRef',
  'fieldRef',
  'involvedObject',
  'roleRef',
]);

function named(fieldName: string): MergeShape {
  const keys = applyKeysOf(fieldName);
  const set: ListShape = isSetField(fieldName) ? { type: 'set' } : ATOMIC;
  return {
    list: keys === undefined ? set : { type: 'map', keys },
    atomicMap: ATOMIC_MAPS.has(fieldName),
    field: named,
    get items() {
      return named('');
    },
  };
}

/** An item of a set or list map with the element that names it in a field set. */
export interface ListElement {
  readonly element: string;
  readonly item: unknown;
}

/** Items of a list by their elements; undefined when the list is one value. */
export function elementsOf(
  items: readonly unknown[],
  shape: ListShape,
): readonly ListElement[] | undefined {
  switch (shape.type) {
    case 'atomic':
      return undefined;
    case 'set':
      return items.map(item => ({ element: `v:${JSON.stringify(item)}`, item }));
    case 'map':
      return items.map(item => ({ element: `k:${identity(asObject(item), shape.keys)}`, item }));
  }
}

/** Keys that an item does not have are left out: `ports` has different ones in containers and services. */
function identity(item: JsonObject, keys: readonly string[]): string {
  const present = keys.filter(key => item[key] !== undefined);
  return canonicalJson(Object.fromEntries(present.map(key => [key, item[key]])));
}
