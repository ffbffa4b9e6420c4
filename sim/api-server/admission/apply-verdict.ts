import { type ApiObject, inVersion } from '../objects/api-object.ts';
import { asObject, isJsonObject } from '../objects/json.ts';
import { decodeMetadata } from '../objects/metadata.ts';
import { applyJsonPatch } from '../patch/json-patch.ts';
import { groupVersion } from '../registry/resource-type.ts';
import { internalError } from '../status/api-error.ts';
import type { Attributes } from './attributes.ts';
import { matchedVersion } from './match-webhook.ts';
import type { Verdict } from './review.ts';
import type { Webhook } from './webhook.ts';

/** A verdict on an object. */
export interface Judgement {
  readonly attributes: Attributes;
  readonly webhook: Webhook;
  readonly verdict: Verdict;
  readonly object: ApiObject;
}

/**
 * The object with a mutating webhook's patch applied; the same object when there is none. The scale subresource shows webhooks a Scale,
 * which is made anew from the object, so patches of it are not taken.
 */
export function applyVerdict({ attributes, webhook, verdict, object }: Judgement): ApiObject {
  const { request } = attributes;
  if (verdict.patch.length === 0 || request.subresource === 'scale') return object;
  const version = matchedVersion(webhook, attributes) ?? request.version.name;
  const shown = inVersion(object, groupVersion(request.type.group, version));
  const outcome = applyJsonPatch(shown, verdict.patch);
  if (!outcome.ok || !isJsonObject(outcome.value)) {
    const detail = outcome.ok ? 'the patched object is no object' : outcome.message;
    throw internalError(`failed calling webhook "${webhook.name}": ${detail}`);
  }
  const { metadata } = decodeMetadata(outcome.value['metadata']);
  const { apiVersion, kind } = object;
  return { ...asObject(outcome.value), apiVersion, kind, metadata };
}
