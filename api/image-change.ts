import type { PodTemplate } from './core.ts';
import { canonicalName, parseImageReference } from './image-reference.ts';
import { memberAt } from './json.ts';

/** An image that a new pod template brings; `from` is null when the container is new. */
export interface ImageChange {
  readonly from: string | null;
  readonly to: string;
}

/** Changes by container; an image volume is `volume/<its name>`, for it may share its name with a container. */
export type ImageChanges = Readonly<Record<string, ImageChange>>;

/** Images of a pod template by container, init container (sidecars too) and image volume. Reads any JSON. */
export function templateImages(template: PodTemplate | undefined): ReadonlyMap<string, string> {
  const named = (list: string, prefix: string, ...path: string[]): [string, string][] =>
    listAt(template, 'spec', list).flatMap(item => {
      const name = memberAt(item, 'name');
      const image = memberAt(item, ...path);
      const found = typeof name === 'string' && typeof image === 'string' && image !== '';
      return found ? [[prefix + name, image]] : [];
    });
  return new Map([
    ...named('initContainers', '', 'image'),
    ...named('containers', '', 'image'),
    ...named('volumes', 'volume/', 'image', 'reference'),
  ]);
}

/** The images that `to` has and `from` has not. Two spellings of one reference are no change. */
export function imageChanges(
  from: PodTemplate | undefined,
  to: PodTemplate | undefined,
): ImageChanges {
  const before = templateImages(from);
  const changes = [...templateImages(to)].flatMap(([name, image]): [string, ImageChange][] => {
    const old = before.get(name);
    if (old !== undefined && isSameImage(old, image)) return [];
    return [[name, { from: old ?? null, to: image }]];
  });
  return Object.fromEntries(changes);
}

/** True when two references mean the same image. Text that is no reference equals only itself. */
export function isSameImage(a: string, b: string): boolean {
  return a === b || pullKey(a) === pullKey(b);
}

function pullKey(text: string): string {
  const parsed = parseImageReference(text);
  if (!parsed.ok) return text;
  const { tag, digest } = parsed.reference;
  return `${canonicalName(parsed.reference)}:${digest ?? tag ?? 'latest'}`;
}

function listAt(value: unknown, ...path: string[]): readonly unknown[] {
  const list = memberAt(value, ...path);
  return Array.isArray(list) ? list : [];
}
