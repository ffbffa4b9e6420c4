import { isDeepStrictEqual } from 'node:util';
import { isJsonObject } from '../api/json.ts';
import type { NodeImageStatus } from '../api/node-image.ts';

/** A JSON merge patch (RFC 7396) of a status; null removes a field. */
export type StatusPatch = Readonly<Record<string, unknown>>;

/** The least patch that takes `current`, whatever that is, to `next`, or undefined when nothing is to be done. Fields of others are left alone. */
export function statusPatch(
  current: NodeImageStatus | undefined,
  next: NodeImageStatus,
): StatusPatch | undefined {
  // A NodeImage that wants nothing needs no status to say so.
  if (current === undefined && next.desired === 0) return undefined;
  const { imageStatuses, ...have } = isJsonObject(current) ? current : {};
  const from = isJsonObject(imageStatuses) ? imageStatuses : {};
  const { imageStatuses: to = {}, ...want } = next;
  const fields = changed(have, want);
  const images = changed(from, to);
  const gone = Object.keys(from).filter(name => !Object.hasOwn(to, name));
  const differing = { ...images, ...Object.fromEntries(gone.map(name => [name, null])) };
  if (Object.keys(differing).length > 0) return { ...fields, imageStatuses: differing };
  return Object.keys(fields).length > 0 ? fields : undefined;
}

/** The entries of `want` that differ from those of `have`. */
function changed(have: object, want: object): Record<string, unknown> {
  const known = new Map<string, unknown>(Object.entries(have));
  const entries = Object.entries(want).filter(
    ([key, value]) => !isDeepStrictEqual(known.get(key), value),
  );
  return Object.fromEntries(entries);
}
