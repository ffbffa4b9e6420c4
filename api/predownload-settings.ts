import {
  PREDOWNLOAD_MIN_UPDATED_READY_PODS,
  PREDOWNLOAD_PARALLELISM,
  PREDOWNLOAD_TIMEOUT_SECONDS,
} from './defaults.ts';
import {
  checkCountOrPercent,
  checkOneOf,
  checkWholeNumber,
  checkWholeNumberText,
  MAX_INT32,
} from './field-checks.ts';
import type { Violation } from './field-error.ts';
import { parseIntOrPercent } from './int-or-percent.ts';
import { memberAt } from './json.ts';
import type { IntOrString } from './meta.ts';
import {
  ANNOTATION_MIN_UPDATED_READY_PODS,
  ANNOTATION_PARALLELISM,
  ANNOTATION_PREDOWNLOAD,
  ANNOTATION_TIMEOUT_SECONDS,
} from './names.ts';

/** `auto`: warm what profits; `always`: also recreate updates and small workloads; `never`: nothing. */
export const PREDOWNLOAD_MODES = ['auto', 'always', 'never'] as const;
export type PredownloadMode = (typeof PREDOWNLOAD_MODES)[number];

/** How a workload wants its next image warmed. */
export interface PredownloadSettings {
  readonly mode: PredownloadMode;
  readonly parallelism: IntOrString;
  readonly timeoutSeconds: number;
  readonly minUpdatedReadyPods: IntOrString;
  /** Values that could not be used, a sentence each; the next source or the default counts instead. */
  readonly problems: string[];
}

/** A place where a workload may say something about predownloading, and what it says there. */
export interface SettingSource {
  readonly setting: 'mode' | 'parallelism' | 'timeoutSeconds' | 'minUpdatedReadyPods';
  /** The annotation or the field. */
  readonly name: string;
  readonly path: string;
  readonly value: unknown;
  readonly violations: readonly Violation[];
}

const TIMEOUT_RANGE = { min: 1, max: MAX_INT32 };
const checkTimeout = (value: unknown, path: string): Violation[] =>
  checkWholeNumber(value, path, TIMEOUT_RANGE);
const checkTimeoutText = (value: unknown, path: string): Violation[] =>
  checkWholeNumberText(value, path, TIMEOUT_RANGE);
const checkMode = (value: unknown, path: string): Violation[] =>
  checkOneOf(value, path, PREDOWNLOAD_MODES);

/** v1beta1 keeps the fields below `rollingUpdate`, v1alpha1 beside the type. */
const FIELD_PARENTS = [
  ['spec', 'updateStrategy', 'rollingUpdate', 'inPlaceUpdateStrategy'],
  ['spec', 'updateStrategy', 'inPlaceUpdateStrategy'],
] as const;
const FIELDS = [
  { setting: 'parallelism', name: 'imagePreDownloadParallelism', check: checkCountOrPercent },
  { setting: 'timeoutSeconds', name: 'imagePreDownloadTimeoutSeconds', check: checkTimeout },
  {
    setting: 'minUpdatedReadyPods',
    name: 'imagePreDownloadMinUpdatedReadyPods',
    check: checkCountOrPercent,
  },
] as const;
const ANNOTATIONS = [
  { setting: 'mode', name: ANNOTATION_PREDOWNLOAD, check: checkMode },
  { setting: 'parallelism', name: ANNOTATION_PARALLELISM, check: checkCountOrPercent },
  { setting: 'timeoutSeconds', name: ANNOTATION_TIMEOUT_SECONDS, check: checkTimeoutText },
  {
    setting: 'minUpdatedReadyPods',
    name: ANNOTATION_MIN_UPDATED_READY_PODS,
    check: checkCountOrPercent,
  },
] as const;

interface Place extends Pick<SettingSource, 'setting' | 'name' | 'path'> {
  readonly keys: readonly string[];
  readonly check: (value: unknown, path: string) => Violation[];
}

/** In order of precedence: fields win over annotations (W29, W31). */
const PLACES: readonly Place[] = [
  ...FIELD_PARENTS.flatMap(parent =>
    FIELDS.map(field => {
      const keys = [...parent, field.name];
      return { ...field, keys, path: keys.join('.') };
    }),
  ),
  ...ANNOTATIONS.map(annotation => ({
    ...annotation,
    keys: ['metadata', 'annotations', annotation.name],
    path: `metadata.annotations[${annotation.name}]`,
  })),
];

/** What `workload` (any JSON) says about predownloading, in order of precedence. */
export function settingSources(workload: unknown): readonly SettingSource[] {
  return PLACES.flatMap(({ keys, check, setting, name, path }) => {
    const value = memberAt(workload, ...keys);
    // Templates render an unset value as '', which the peer ignores too.
    if (value === undefined || value === '') return [];
    return [{ setting, name, path, value, violations: check(value, path) }];
  });
}

/** The settings of a workload: the first usable source of each, else its default. */
export function predownloadSettings(workload: unknown): PredownloadSettings {
  const sources = settingSources(workload);
  const first = (setting: SettingSource['setting']): unknown =>
    sources.find(found => found.setting === setting && found.violations.length === 0)?.value;
  const mode = first('mode');
  return {
    mode: PREDOWNLOAD_MODES.find(known => known === mode) ?? 'auto',
    parallelism: countOrPercent(first('parallelism')) ?? PREDOWNLOAD_PARALLELISM,
    timeoutSeconds: Number(first('timeoutSeconds') ?? PREDOWNLOAD_TIMEOUT_SECONDS),
    minUpdatedReadyPods:
      countOrPercent(first('minUpdatedReadyPods')) ?? PREDOWNLOAD_MIN_UPDATED_READY_PODS,
    problems: sources.flatMap(({ violations }) =>
      violations.map(({ path, message }) => `${path}: ${message}`),
    ),
  };
}

function countOrPercent(value: unknown): IntOrString | undefined {
  const parsed = parseIntOrPercent(value);
  if (parsed === undefined) return undefined;
  return parsed.kind === 'int' ? parsed.value : `${parsed.value}%`;
}
