import jsonpatch from 'fast-json-patch';
import type { KubeObject } from '../../../api/meta.ts';
import type { Patch } from '../../../kube/kube-client.ts';
import { KubeError } from '../../../kube/kube-error.ts';

/** Applies patches, and remembers what was applied to whom: fields that an apply no longer names go. */
export class Patcher {
  readonly #applied = new Map<string, unknown>();

  /** The object that `patch` makes of `object`. Apply merges maps and replaces lists: enough for what our controllers apply. */
  patch<T extends KubeObject>(object: T, patch: Patch): T {
    if (patch.type !== 'apply') return patched(object, patch);
    const before = this.#applied.get(object.metadata.uid ?? '');
    this.remember(object, patch.body);
    return mergePatch(withoutDropped(object, before, patch.body), patch.body) as T;
  }

  remember(object: KubeObject, applied: KubeObject): void {
    this.#applied.set(object.metadata.uid ?? '', applied);
  }
}

function patched<T extends KubeObject>(object: T, patch: Exclude<Patch, { type: 'apply' }>): T {
  if (patch.type === 'json') return applyJsonPatch(object, patch.operations);
  return mergePatch(object, patch.body) as T;
}

function applyJsonPatch<T>(object: T, operations: readonly object[]): T {
  try {
    const result = jsonpatch.applyPatch(structuredClone(object), operations as [], true, true);
    return structuredClone(result.newDocument);
  } catch (cause) {
    const [first = ''] = (cause as Error).message.split('\n');
    throw new KubeError(
      `the server rejected our request due to an error in our request: ${first}`,
      {
        status: 422,
        reason: 'Invalid',
        cause,
      },
    );
  }
}

/** RFC 7386. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return structuredClone(patch);
  const result: Record<string, unknown> = isMap(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (value !== undefined) result[key] = mergePatch(result[key], value);
  }
  return result;
}

/** `object` without the leaves that stood in `before`, what a manager applied last, and do not stand in `now`. */
function withoutDropped(object: unknown, before: unknown, now: unknown): unknown {
  if (!isMap(object) || !isMap(before)) return object;
  const result: Record<string, unknown> = { ...object };
  for (const [key, value] of Object.entries(before)) {
    const kept = isMap(now) ? now[key] : undefined;
    if (isMap(value) && isMap(result[key])) result[key] = withoutDropped(result[key], value, kept);
    else if (kept === undefined) delete result[key];
  }
  return result;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
