import { isJsonObject, without } from '../objects/json.ts';

/** Steps of a JSON pointer (RFC 6901); undefined when it is malformed. */
export function pointerSteps(pointer: string): readonly string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** What a change does with the value at the end of a pointer: `add` inserts into lists. */
export type Change =
  | { readonly op: 'add' | 'replace'; readonly value: unknown }
  | { readonly op: 'remove' };

/** A copy of `root` with `change` made at `steps`; undefined when there is no such place. */
export function changedAt(root: unknown, steps: readonly string[], change: Change): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return change.op === 'remove' ? null : change.value;
  if (Array.isArray(root)) return changedItem(root, [step, ...rest], change);
  if (!isJsonObject(root)) return undefined;
  if (rest.length > 0) {
    const inner = Object.hasOwn(root, step) ? changedAt(root[step], rest, change) : undefined;
    return inner === undefined ? undefined : { ...root, [step]: inner };
  }
  if (change.op !== 'add' && !Object.hasOwn(root, step)) return undefined;
  return change.op === 'remove' ? without(root, step) : { ...root, [step]: change.value };
}

function changedItem(
  items: readonly unknown[],
  [step = '', ...rest]: readonly string[],
  change: Change,
): readonly unknown[] | undefined {
  const index = indexOf(step, items, change);
  if (index === undefined) return undefined;
  if (rest.length > 0) {
    const inner = changedAt(items[index], rest, change);
    return inner === undefined ? undefined : items.with(index, inner);
  }
  if (change.op === 'remove') return items.toSpliced(index, 1);
  return items.toSpliced(index, change.op === 'add' ? 0 : 1, change.value);
}

/** `-` is the place after the last item, where only `add` can do something. */
function indexOf(step: string, items: readonly unknown[], { op }: Change): number | undefined {
  if (step === '-') return op === 'add' ? items.length : undefined;
  if (!/^(0|[1-9]\d*)$/.test(step)) return undefined;
  const index = Number(step);
  return index < items.length || (op === 'add' && index === items.length) ? index : undefined;
}
