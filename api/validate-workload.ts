import type { Violation } from './field-error.ts';
import { describeJson } from './json.ts';
import { type SettingSource, settingSources } from './predownload-settings.ts';
import { ratchet, type Validation } from './ratchet.ts';

/**
 * Judges what a workload says about predownloading, with the stored one on update; nothing else of the workload is looked at. Takes any
 * JSON and never throws. A bad value is denied when it is new or changed and warns when it already stood there (behaviour 1.4, W30).
 */
export function validateWorkloadSettings(object: unknown, old?: unknown): Validation {
  const sources = settingSources(object);
  const before = settingSources(old);
  const { errors, warnings } = ratchet(violationsOf(sources), violationsOf(before));
  return { errors, warnings: [...warnings, ...overruled(sources, before)] };
}

function violationsOf(sources: readonly SettingSource[]): Violation[] {
  return sources.flatMap(({ violations }) => violations);
}

/** A setting that stands in two places with two values: the later one has no effect, which its author should know (W29, W31). */
function overruled(sources: readonly SettingSource[], before: readonly SettingSource[]): string[] {
  const usable = sources.filter(({ violations }) => violations.length === 0);
  return usable.flatMap(source => {
    const winner = usable.find(({ setting }) => setting === source.setting);
    if (winner === undefined || String(winner.value) === String(source.value)) return [];
    const stood = [winner, source].every(now =>
      before.some(({ path, value }) => path === now.path && value === now.value),
    );
    return stood
      ? []
      : [`${source.name} is ignored: ${winner.name} says ${describeJson(winner.value)}`];
  });
}
