import { asString, deepEqual, isJsonObject, type JsonObject, valueAt } from '../objects/json.ts';
import { changedAt, pointerSteps } from './json-pointer.ts';

/** The patched document, or what could not be done. */
export type PatchOutcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string };

/** Applies a JSON patch (RFC 6902) to a document, which stays as it is. The operations come from outside and may be anything. */
export function applyJsonPatch(document: unknown, operations: readonly unknown[]): PatchOutcome {
  let value = document;
  for (const operation of operations) {
    const next = applyOperation(value, operation);
    if (!next.ok) return next;
    value = next.value;
  }
  return { ok: true, value };
}

/** An operation whose place in the document is known. */
interface Located {
  readonly document: unknown;
  readonly steps: readonly string[];
  readonly operation: JsonObject;
}

/** What each operation makes of the document; undefined when it cannot be done. */
const OPERATIONS: Readonly<Record<string, (located: Located) => unknown>> = {
  add: ({ document, steps, operation }) =>
    changedAt(document, steps, { op: 'add', value: operation['value'] ?? null }),
  replace: ({ document, steps, operation }) =>
    changedAt(document, steps, { op: 'replace', value: operation['value'] ?? null }),
  remove: ({ document, steps }) => changedAt(document, steps, { op: 'remove' }),
  // A missing value tests as null, as in kube-apiserver's library.
  test: ({ document, steps, operation }) =>
    deepEqual(valueAt(document, steps) ?? null, operation['value'] ?? null) ? document : undefined,
  move: located => transfer(located, true),
  copy: located => transfer(located, false),
};

function applyOperation(document: unknown, operation: unknown): PatchOutcome {
  if (!isJsonObject(operation)) return { ok: false, message: 'operation is no object' };
  const op = asString(operation['op']) ?? '';
  const path = asString(operation['path']) ?? '-';
  const steps = pointerSteps(path);
  const run = Object.hasOwn(OPERATIONS, op) ? OPERATIONS[op] : undefined;
  if (run === undefined || steps === undefined) {
    return { ok: false, message: `unexpected operation "${op}" at "${path}"` };
  }
  const value = run({ document, steps, operation });
  return value === undefined
    ? { ok: false, message: `operation "${op}" failed at "${path}"` }
    : { ok: true, value };
}

function transfer({ document, steps, operation }: Located, removes: boolean): unknown {
  const source = pointerSteps(asString(operation['from']) ?? '-');
  const value = source === undefined ? undefined : valueAt(document, source);
  if (source === undefined || value === undefined) return undefined;
  const rest = removes ? changedAt(document, source, { op: 'remove' }) : document;
  return changedAt(rest, steps, { op: 'add', value });
}
