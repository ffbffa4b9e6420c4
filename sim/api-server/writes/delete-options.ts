import type { ApiRequest } from '../http/api-request.ts';
import { asNumber, asObject, asString, asStrings, type JsonObject } from '../objects/json.ts';
import { invalidOptions } from '../status/api-error.ts';
import { unsupportedValue } from '../status/field-cause.ts';
import { parseJson } from './parse-body.ts';
import { isDryRun } from './write-options.ts';

const POLICIES = ['Foreground', 'Background', 'Orphan'] as const;
export type PropagationPolicy = (typeof POLICIES)[number];

/** metav1.DeleteOptions, from the body or the query. */
export interface DeleteOptions {
  readonly dryRun: boolean;
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: PropagationPolicy;
  /** The object is deleted only if it still has these. */
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** Reads the options of a delete; a word that means nothing is refused (422). */
export function deleteOptions(request: ApiRequest): DeleteOptions {
  const given = request.body.length === 0 ? {} : asObject(parseJson(request.body, 'options'));
  const { query } = request;
  const grace =
    asNumber(given['gracePeriodSeconds']) ?? Number(query.get('gracePeriodSeconds') ?? NaN);
  const policy = asString(given['propagationPolicy']) ?? query.get('propagationPolicy');
  return {
    dryRun: isDryRun([...query.getAll('dryRun'), ...asStrings(given['dryRun'])], 'DeleteOptions'),
    ...(Number.isNaN(grace) ? {} : { gracePeriodSeconds: grace }),
    ...(policy == null ? {} : { propagationPolicy: knownPolicy(policy) }),
    ...preconditionsOf(asObject(given['preconditions'])),
  };
}

function preconditionsOf(given: JsonObject): Pick<DeleteOptions, 'uid' | 'resourceVersion'> {
  const uid = asString(given['uid']);
  const resourceVersion = asString(given['resourceVersion']);
  return {
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
}

function knownPolicy(policy: string): PropagationPolicy {
  const known = POLICIES.find(name => name === policy);
  if (known !== undefined) return known;
  throw invalidOptions(
    'DeleteOptions',
    unsupportedValue('propagationPolicy', policy, [...POLICIES, 'nil']),
  );
}
