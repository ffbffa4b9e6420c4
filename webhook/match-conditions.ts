import {
  ANNOTATION_IMAGE_CHANGE,
  ANNOTATION_MIN_UPDATED_READY_PODS,
  ANNOTATION_PARALLELISM,
  ANNOTATION_PREDOWNLOAD,
  ANNOTATION_TIMEOUT_SECONDS,
  MANAGER_SERVICE_ACCOUNT,
  SYSTEM_NAMESPACE,
} from '../api/names.ts';

/** A CEL expression that the API server evaluates before it calls a webhook; all conditions of a webhook must hold. */
export interface MatchCondition {
  readonly name: string;
  readonly expression: string;
}

/*
 * An expression that fails skips the webhook without a word under failurePolicy Ignore, so everything optional is guarded by
 * has(); `oldObject` is null on CREATE. test/cluster evaluates each on a real API server.
 */

const field = (object: string, name: string): string =>
  `(has(${object}.spec) && has(${object}.spec.${name}) ? ${object}.spec.${name} : null)`;

const annotation = (object: string, key: string): string =>
  `(has(${object}.metadata.annotations) && ${key} in ${object}.metadata.annotations ? ${object}.metadata.annotations[${key}] : '')`;

const fieldDiffers = (name: string): string =>
  `${field('object', name)} != ${field('oldObject', name)}`;

const annotationDiffers = (key: string): string =>
  `${annotation('object', key)} != ${annotation('oldObject', key)}`;

const quoted = (text: string): string => `'${text}'`;

const SETTINGS = [
  ANNOTATION_PREDOWNLOAD,
  ANNOTATION_PARALLELISM,
  ANNOTATION_TIMEOUT_SECONDS,
  ANNOTATION_MIN_UPDATED_READY_PODS,
];

/** Our own writes do not pass through our own webhooks: they are made from the same rules. */
export const NOT_BY_MANAGER: MatchCondition = {
  name: 'not-by-headstart-manager',
  expression: `request.userInfo.username != ${quoted(`system:serviceaccount:${SYSTEM_NAMESPACE}:${MANAGER_SERVICE_ACCOUNT}`)}`,
};

/** Of a kind that has to ask for Headstart: it does. */
export const ASKS_FOR_PREDOWNLOAD: MatchCondition = {
  name: 'asks-for-predownload',
  expression: `${annotation('object', quoted(ANNOTATION_PREDOWNLOAD))} == 'always'`,
};

/** Of a kind that has to ask for Headstart: it says something about it, which may be misspelt. */
export const MENTIONS_PREDOWNLOAD: MatchCondition = {
  name: 'mentions-predownload',
  expression: `${annotation('object', quoted(ANNOTATION_PREDOWNLOAD))} != ''`,
};

/** A workload's template or its image-change mark differs, or a new workload already bears a mark. */
export const TEMPLATE_OR_MARK_CHANGED: MatchCondition = {
  name: 'template-or-mark-changed',
  expression: `oldObject == null ? ${annotation('object', quoted(ANNOTATION_IMAGE_CHANGE))} != '' : ${fieldDiffers('template')} || ${annotationDiffers(quoted(ANNOTATION_IMAGE_CHANGE))}`,
};

/** A workload is new, or something differs that says how to predownload. */
export const SETTINGS_CHANGED: MatchCondition = {
  name: 'predownload-settings-changed',
  expression: `oldObject == null || ${fieldDiffers('updateStrategy')} || [${SETTINGS.map(quoted).join(', ')}].exists(key, ${annotationDiffers('key')})`,
};
