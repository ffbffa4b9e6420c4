import type { IncomingMessage } from 'node:http';

/** `299 - "text"`, several of them in one header or in many (RFC 7234, 5.5). */
const WARNING = /\d{3} \S+ "((?:[^"\\]|\\.)*)"/g;

/** What the API server, or a webhook through it, warns of in an answer. */
export function warningsOf({
  headersDistinct,
}: Pick<IncomingMessage, 'headersDistinct'>): string[] {
  return (headersDistinct['warning'] ?? []).flatMap(header =>
    [...header.matchAll(WARNING)].map(([, text = '']) => decoded(text.replace(/\\(.)/g, '$1'))),
  );
}

/** Node reads headers as Latin-1; Kubernetes writes UTF-8. */
function decoded(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}
