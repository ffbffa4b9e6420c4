import { HeadstartError } from './errors.ts';
import type { LogFields } from './log.ts';

/** Levels of a logger, from the least to the most important. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const REDACTED = '[redacted]';
const SECRET_KEY =
  /(token|password|passwd|authorization|credentials?|private_?key|key_?pem|[a-z]auth)$|^auth$/i;
const MAX_DEPTH = 6;

/** What a log line shows of its facts: values under secret-looking keys are hidden, errors become plain objects with their code. */
export function printableFields(fields: LogFields): Record<string, unknown> {
  return printableObject(fields, 0);
}

function printableObject(object: object, depth: number): Record<string, unknown> {
  const printable: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) continue;
    printable[key] = SECRET_KEY.test(key) ? REDACTED : printableValue(value, depth + 1);
  }
  return printable;
}

function printableValue(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return '[deeper]';
  if (value instanceof Error) return printableError(value, depth);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.map(item => printableValue(item, depth + 1));
  return printableObject(value, depth);
}

/** Expected failures tell their code; only the others, which are bugs, need a stack. */
function printableError(error: Error, depth: number): Record<string, unknown> {
  const known = error instanceof HeadstartError;
  return {
    type: error.name,
    message: error.message,
    ...(known ? { code: error.code } : codeOf(error)),
    ...(known && Object.keys(error.details).length > 0
      ? { details: printableObject(error.details, depth + 1) }
      : {}),
    ...(known ? {} : { stack: error.stack }),
    ...(error.cause === undefined ? {} : { cause: printableValue(error.cause, depth + 1) }),
  };
}

/** Node's own errors carry a code such as ECONNREFUSED. */
function codeOf(error: Error): { code?: string } {
  return 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
}
