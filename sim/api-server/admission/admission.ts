import { describeError } from '../../../runtime/errors.ts';
import type { Logger } from '../../../runtime/log.ts';
import { type ApiObject } from '../objects/api-object.ts';
import { asNumber, asString, isJsonObject } from '../objects/json.ts';
import { ApiError, internalError } from '../status/api-error.ts';
import type { Store } from '../store/store.ts';
import { applyVerdict } from './apply-verdict.ts';
import type { Attributes } from './attributes.ts';
import { matchedVersion } from './match-webhook.ts';
import { readVerdict, reviewRequest, type Verdict, type VerdictOutcome } from './review.ts';
import { type Webhook, webhooksOf } from './webhook.ts';
import type { WebhookClient } from './webhook-client.ts';

/** Asks the webhooks that are configured in the store. */
export interface Admission {
  /** The object as mutating webhooks want it; the same one when none changes it. Throws when one denies. */
  mutate(attributes: Attributes & { readonly object: ApiObject }): Promise<ApiObject>;
  mutate(attributes: Attributes): Promise<ApiObject | undefined>;
  /** Throws when a validating webhook denies. */
  validate(attributes: Attributes): Promise<void>;
}

export interface AdmissionDeps {
  readonly store: Store;
  readonly client: WebhookClient;
  readonly log: Logger;
  readonly uuid: () => string;
}

const GROUP = 'admissionregistration.k8s.io';

/** Makes admission over the webhook configurations in `deps.store`. */
export function createAdmission(deps: AdmissionDeps): Admission {
  const mutate = async (attributes: Attributes): Promise<ApiObject | undefined> => {
    const webhooks = configured(deps.store, 'mutatingwebhookconfigurations', attributes);
    if (webhooks.length === 0 || attributes.object === undefined) {
      await Promise.all(webhooks.map(webhook => ask(deps, webhook, attributes)));
      return attributes.object;
    }
    return mutateInTurn(deps, webhooks, { ...attributes, object: attributes.object });
  };
  return {
    mutate: mutate as Admission['mutate'],
    validate: async attributes => {
      const webhooks = configured(deps.store, 'validatingwebhookconfigurations', attributes);
      await Promise.all(webhooks.map(webhook => ask(deps, webhook, attributes)));
    },
  };
}

/** Configurations by name, their webhooks in order. They never judge webhook configurations, or nobody could repair one. */
function configured(store: Store, plural: string, { request }: Attributes): readonly Webhook[] {
  const judgesItself =
    request.type.group === GROUP && request.type.plural.endsWith('webhookconfigurations');
  return judgesItself ? [] : store.collection(`${plural}.${GROUP}`).list().flatMap(webhooksOf);
}

/** One after the other; those that ask for it once more when a later one changed the object. */
async function mutateInTurn(
  deps: AdmissionDeps,
  webhooks: readonly Webhook[],
  attributes: Attributes & { readonly object: ApiObject },
): Promise<ApiObject> {
  let object = attributes.object;
  const seen = new Map<Webhook, ApiObject>();
  const round = async (webhook: Webhook): Promise<void> => {
    const verdict = await ask(deps, webhook, { ...attributes, object });
    if (verdict === undefined) return;
    object = applyVerdict({ attributes, webhook, verdict, object });
    seen.set(webhook, object);
  };
  for (const webhook of webhooks) await round(webhook);
  for (const [webhook, shown] of seen) {
    if (webhook.isReinvoked && shown !== object) await round(webhook);
  }
  return object;
}

/** The verdict; undefined when the webhook is not concerned, or failed and may be ignored. Throws when it denies. */
async function ask(
  deps: AdmissionDeps,
  webhook: Webhook,
  attributes: Attributes,
): Promise<Verdict | undefined> {
  const version = matchedVersion(webhook, attributes);
  if (version === undefined) return undefined;
  const outcome = await call(deps, webhook, { attributes, version });
  if (!outcome.ok) {
    const problem = `failed calling webhook "${webhook.name}": ${outcome.problem}`;
    if (!webhook.ignoresFailures) throw internalError(problem);
    deps.log.debug('Ignored a failing webhook', { webhook: webhook.name, problem });
    return undefined;
  }
  for (const warning of outcome.verdict.warnings) attributes.request.warn(warning);
  if (!outcome.verdict.allowed) throw denial(webhook, outcome.verdict);
  return outcome.verdict;
}

async function call(
  { client, uuid }: AdmissionDeps,
  webhook: Webhook,
  { attributes, version }: { readonly attributes: Attributes; readonly version: string },
): Promise<VerdictOutcome> {
  const uid = uuid();
  const review = reviewRequest(attributes, version, uid);
  try {
    return readVerdict(await client.post(webhook, review, attributes.request.signal), uid);
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : describeError(error) };
  }
}

/** A denial never carries a code that means success. */
function denial({ name }: Webhook, { status }: Verdict): ApiError {
  const by = `admission webhook "${name}" denied the request`;
  const reason = asString(status['reason']);
  const text = asString(status['message']) ?? reason;
  const code = asNumber(status['code']) ?? 0;
  return new ApiError(
    code >= 400 && code < 600 ? code : 400,
    text === undefined ? `${by} without explanation` : `${by}: ${text}`,
    {
      ...(reason === undefined ? {} : { reason }),
      ...(isJsonObject(status['details']) ? { details: status['details'] } : {}),
    },
  );
}
