import { objectKey } from '../api/meta.ts';
import {
  type AdmissionDecision,
  type AdmissionRequest,
  ALLOWED,
  type HandlerDeps,
} from './admission.ts';
import { type Answer, failureAnswer, type Result } from './answer.ts';
import { decodeReview, type ReviewVersion } from './decode-review.ts';
import { encodeReview, type Verdict } from './encode-review.ts';
import type { Route } from './routes.ts';

/** Answers the review in `body`, which may be any JSON. A handler that throws is logged and answered with 500, so that failurePolicy decides. */
export function admit(route: Route, body: unknown, deps: HandlerDeps): Answer {
  const review = decodeReview(body);
  if (!review.ok) return failureAnswer(400, 'malformed', review.message);
  const { request, version } = review;
  const asked = {
    uid: request.uid,
    operation: request.operation,
    object: objectKey(request.name, request.namespace),
    dryRun: request.dryRun,
  };
  try {
    const decision = decide(route, request, deps);
    return { ...answerDecision(version, request, decision), asked };
  } catch (error) {
    deps.log.error('Admission failed', { webhook: route.name, ...asked, err: error });
    return {
      ...failureAnswer(
        500,
        'errored',
        `${route.name} could not judge the request; its log says why`,
      ),
      asked,
    };
  }
}

function decide(route: Route, request: AdmissionRequest, deps: HandlerDeps): AdmissionDecision {
  const problem = mismatch(route, request);
  if (problem !== undefined) return { type: 'malformed', message: problem };
  // Never on status or scale, whatever a configuration says.
  const isSeen =
    request.subResource === '' || (route.seesStatus && request.subResource === 'status');
  if (!isSeen || !route.operations.includes(request.operation)) return ALLOWED;
  return route.handler(request, deps);
}

function mismatch({ path, resources }: Route, request: AdmissionRequest): string | undefined {
  const { group, version, resource } = request.resource;
  if (group !== resources.group || resource !== resources.plural) {
    return `${path} judges ${resources.plural}.${resources.group}, not ${resource}.${group}`;
  }
  if (request.subResource === '' && request.kind.kind !== resources.kind) {
    return `${path} judges ${resources.kind}, not ${request.kind.kind}`;
  }
  if (!resources.versions.includes(version)) {
    return `${path} knows ${resources.versions.join(' and ')}, not ${version}`;
  }
  return undefined;
}

function answerDecision(
  version: ReviewVersion,
  request: AdmissionRequest,
  decision: AdmissionDecision,
): Answer {
  if (decision.type === 'malformed') return failureAnswer(400, 'malformed', decision.message);
  return { code: 200, result: resultOf(decision), text: encodeReview(version, request, decision) };
}

function resultOf(verdict: Verdict): Result {
  if (verdict.type === 'denied') return 'denied';
  return verdict.patch === undefined || verdict.patch.length === 0 ? 'allowed' : 'patched';
}
