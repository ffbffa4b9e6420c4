import type { ApiObject } from '../objects/api-object.ts';
import { asObject, asStrings } from '../objects/json.ts';

/** True when an object was asked to go and nothing holds it any more: no finalizer and no grace period. */
export function isReleased({ metadata, kind, ...rest }: ApiObject): boolean {
  if (metadata.deletionTimestamp === undefined) return false;
  if ((metadata.finalizers ?? []).length > 0) return false;
  if (kind === 'Namespace') return asStrings(asObject(rest['spec'])['finalizers']).length === 0;
  return (metadata.deletionGracePeriodSeconds ?? 0) === 0;
}
