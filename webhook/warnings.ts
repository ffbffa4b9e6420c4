import { MAX_ADVICE_LENGTH } from '../api/advice.ts';
import type { Logger } from '../runtime/log.ts';

/** kube-apiserver drops what goes beyond 4,096 characters in all. */
const MAX_WARNINGS = 34;

/** Makes texts fit for the Warning headers of an answer: each once, without control characters, cut to {@link MAX_ADVICE_LENGTH}. */
export function fitWarnings(texts: readonly string[]): readonly string[] {
  return texts.length === 0 ? texts : [...new Set(texts.map(fit))].slice(0, MAX_WARNINGS);
}

function fit(text: string): string {
  // The API server drops a warning with a control character in it (RFC 7230 3.2.6).
  const line = text.replace(/\p{Cc}+/gu, ' ');
  if (line.length <= MAX_ADVICE_LENGTH) return line;
  // Half of a surrogate pair is no UTF-8.
  return `${line.slice(0, MAX_ADVICE_LENGTH - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** Asks for advice about an object that no schema has judged yet. Advice is a courtesy: when it fails it is logged and left out. */
export function askAdvice(ask: () => readonly string[], log: Logger): readonly string[] {
  try {
    return ask();
  } catch (error) {
    log.warn('Advice failed', { err: error });
    return [];
  }
}
