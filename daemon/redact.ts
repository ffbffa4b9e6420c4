/** Longest message in a status or an event, in bytes of UTF-8. */
export const MAX_MESSAGE_BYTES = 1024;

/** Whatever follows a `?` as `name=value`: registries sign the addresses of their blobs that way. */
const QUERY = /\?[^\s"'<>]*=[^\s"'<>]*/g;
const USER_INFO = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/"'<>]*@/gi;
const AUTHORIZATION = /\b(Bearer|Basic) [A-Za-z0-9._~+/=-]{16,}/g;

/** Takes secrets out of a foreign error text: query strings, passwords in addresses, tokens. */
export function redact(text: string): string {
  return text
    .replace(QUERY, '?[redacted]')
    .replace(USER_INFO, '$1')
    .replace(AUTHORIZATION, '$1 [redacted]');
}

/** Cuts a text to `maxBytes` of UTF-8, between characters. */
export function cutMessage(text: string, maxBytes = MAX_MESSAGE_BYTES): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return text;
  const ellipsis = '…';
  let end = maxBytes - Buffer.byteLength(ellipsis);
  // Bytes 10xxxxxx continue a character.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end) + ellipsis;
}
