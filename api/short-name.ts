import { createHash } from 'node:crypto';
import { isLabelValue } from './name-rules.ts';

/** Limit of DNS labels (RFC 1123) and of label values. */
const MAX_LABEL_LENGTH = 63;
/** 48 bits: a million names collide with a chance of one in 500. */
const HASH_LENGTH = 12;

/** A short lower-case hex digest of `parts`, in their order; ['a', 'b'] and ['ab'] differ. */
export function hashOf(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:${part}`);
  return hash.digest('hex').slice(0, HASH_LENGTH);
}

/**
 * `text` as a DNS label (RFC 1123), hence also a valid object name and label value. Unchanged when it is one already; otherwise
 * made readable and told apart by a hash of the whole text. `maxLength` is at least 13.
 */
export function shortName(text: string, maxLength = MAX_LABEL_LENGTH): string {
  if (text.length <= maxLength && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(text)) return text;
  const readable = text
    .slice(0, maxLength)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, maxLength - HASH_LENGTH - 1)
    .replace(/-$/, '');
  return readable === '' ? hashOf(text) : `${readable}-${hashOf(text)}`;
}

/** `text` as a label value: unchanged when it is one already, else shortened like a name. */
export function shortLabelValue(text: string): string {
  return isLabelValue(text) ? text : shortName(text);
}
