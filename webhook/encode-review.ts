import type { AdmissionDecision, AdmissionRequest, PatchOperation } from './admission.ts';
import type { ReviewVersion } from './decode-review.ts';
import { invalid } from './status.ts';

/** A decision that can be told in a review; a malformed request is answered without one. */
export type Verdict = Exclude<AdmissionDecision, { type: 'malformed' }>;

/** The AdmissionReview that answers `request`, as JSON text. */
export function encodeReview(
  version: ReviewVersion,
  request: AdmissionRequest,
  verdict: Verdict,
): string {
  const { warnings } = verdict;
  return JSON.stringify({
    apiVersion: version,
    kind: 'AdmissionReview',
    response: {
      uid: request.uid,
      ...outcome(request, verdict),
      ...(warnings.length === 0 ? {} : { warnings }),
    },
  });
}

function outcome(request: AdmissionRequest, verdict: Verdict): object {
  if (verdict.type === 'denied')
    return { allowed: false, status: invalid(request, verdict.errors) };
  const { patch = [] } = verdict;
  return { allowed: true, ...(patch.length === 0 ? {} : encodePatch(patch)) };
}

function encodePatch(patch: readonly PatchOperation[]): object {
  return { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') };
}
