/** One broken rule: where it stands, what is wrong and what to write instead. */
export interface FieldError {
  /** Field path as kubectl users write it: `spec.selector.names[1]`. */
  readonly path: string;
  readonly message: string;
}

/** A broken rule with the value it judged, so that an update which leaves that value alone is not denied for it. */
export interface Violation extends FieldError {
  readonly value: unknown;
}

/** More lines than this help nobody and bloat the answer of the API server. */
const MAX_LINES = 50;

/** The text of a denial: one violation on one line, several on a line each. */
export function renderFieldErrors(errors: readonly FieldError[]): string {
  const lines = errors.slice(0, MAX_LINES).map(({ path, message }) => `${path}: ${message}`);
  if (errors.length <= 1) return lines.join('');
  if (errors.length > MAX_LINES) lines.push(`and ${errors.length - MAX_LINES} more`);
  return [`${errors.length} problems:`, ...lines].join('\n  ');
}
