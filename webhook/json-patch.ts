import fastJsonPatch from 'fast-json-patch';
import type { PatchOperation } from './admission.ts';

/** The operations that turn `before` into `after`. What the two share by reference is not looked at. */
export function diff(before: object, after: object): readonly PatchOperation[] {
  return fastJsonPatch.compare(before, after).filter(isPlain);
}

/** The library's type knows operations that its comparison never makes. */
function isPlain(operation: fastJsonPatch.Operation): operation is PatchOperation {
  return ['add', 'replace', 'remove'].includes(operation.op);
}

/** Joins keys to a JSON pointer (RFC 6901). */
export function pointer(...keys: readonly string[]): string {
  return keys.map(key => `/${fastJsonPatch.escapePathComponent(key)}`).join('');
}
