import { scaleOf } from '../handlers/scale-view.ts';
import { type ApiObject, inVersion } from '../objects/api-object.ts';
import { asObject, asString, asStrings, isJsonObject } from '../objects/json.ts';
import { groupVersion } from '../registry/resource-type.ts';
import type { Attributes } from './attributes.ts';

const REVIEW = { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1' } as const;
const OPTIONS = { CREATE: 'CreateOptions', UPDATE: 'UpdateOptions', DELETE: 'DeleteOptions' };

/** The AdmissionReview that asks a webhook, with the objects in the version that its rules name. */
export function reviewRequest(attributes: Attributes, version: string, uid: string): object {
  const { request, operation, dryRun } = attributes;
  const { type, subresource, namespace, query, name } = request;
  const { group, plural: resource, kind } = type;
  const scales = subresource === 'scale';
  const kindIn = (v: string): object =>
    scales ? { group: 'autoscaling', version: 'v1', kind: 'Scale' } : { group, version: v, kind };
  const shownName = attributes.object?.metadata.name ?? name;
  const fieldManager = query.get('fieldManager');
  return {
    ...REVIEW,
    request: {
      uid,
      kind: kindIn(version),
      resource: { group, version, resource },
      ...(subresource === undefined ? {} : { subResource: subresource }),
      requestKind: kindIn(request.version.name),
      requestResource: { group, version: request.version.name, resource },
      ...(subresource === undefined ? {} : { requestSubResource: subresource }),
      ...(shownName === undefined ? {} : { name: shownName }),
      ...(namespace === undefined ? {} : { namespace }),
      operation,
      userInfo: request.user,
      object: shown(attributes, attributes.object, version),
      oldObject: shown(attributes, attributes.oldObject, version),
      dryRun,
      options: {
        kind: OPTIONS[operation],
        apiVersion: 'meta.k8s.io/v1',
        ...(fieldManager === null ? {} : { fieldManager }),
      },
    },
  };
}

function shown(
  { request }: Attributes,
  object: ApiObject | undefined,
  version: string,
): object | null {
  if (object === undefined) return null;
  if (request.subresource === 'scale') return scaleOf(request, object);
  return inVersion(object, groupVersion(request.type.group, version));
}

/** A webhook's verdict. */
export interface Verdict {
  readonly allowed: boolean;
  readonly warnings: readonly string[];
  /** Operations of a JSON patch; empty when it changes nothing. */
  readonly patch: readonly unknown[];
  /** metav1.Status of a denial. */
  readonly status: Readonly<Record<string, unknown>>;
}

/** The verdict in an answer, or what is wrong with the answer. */
export type VerdictOutcome =
  | { readonly ok: true; readonly verdict: Verdict }
  | { readonly ok: false; readonly problem: string };

/** Reads the AdmissionReview that a webhook answered; it comes from outside and may be anything. */
export function readVerdict(answer: unknown, uid: string): VerdictOutcome {
  const review = asObject(answer);
  const { response } = review;
  if (review['kind'] !== REVIEW.kind || review['apiVersion'] !== REVIEW.apiVersion) {
    return wrong(`expected webhook response of ${REVIEW.apiVersion}, Kind=${REVIEW.kind}`);
  }
  if (!isJsonObject(response)) return wrong('webhook response was absent');
  if (response['uid'] !== uid) {
    return wrong(`expected response.uid="${uid}", got ${JSON.stringify(response['uid'] ?? '')}`);
  }
  const patch = patchOf(response);
  if (patch === undefined) return wrong('webhook response carries a malformed JSONPatch');
  return {
    ok: true,
    verdict: {
      allowed: response['allowed'] === true,
      warnings: asStrings(response['warnings']),
      patch,
      status: asObject(response['status']),
    },
  };
}

function patchOf(response: Readonly<Record<string, unknown>>): readonly unknown[] | undefined {
  const encoded = asString(response['patch']);
  if (encoded === undefined) return [];
  if (response['patchType'] !== 'JSONPatch') return undefined;
  try {
    const patch: unknown = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'));
    return Array.isArray(patch) ? patch : undefined;
  } catch {
    // The caller reports it as a malformed answer of the webhook.
    return undefined;
  }
}

function wrong(detail: string): VerdictOutcome {
  return { ok: false, problem: `received invalid webhook response: ${detail}` };
}
