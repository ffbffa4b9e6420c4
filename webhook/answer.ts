import type { Operation } from './admission.ts';
import { failure } from './status.ts';

/** How a request ended, for metrics and the access log. */
export type Result =
  | 'allowed'
  | 'patched'
  | 'denied'
  /** No review that makes sense on its route. */
  | 'malformed'
  /** No readable JSON body. */
  | 'refused'
  /** Not looked at: too many at once. */
  | 'shed'
  /** A bug of ours. */
  | 'errored';

/** What was asked, as far as it is known. */
export interface Asked {
  readonly uid: string;
  readonly operation: Operation;
  /** `ns/name`. */
  readonly object: string;
  readonly dryRun: boolean;
}

/** What goes back to the client. */
export interface Answer {
  readonly code: number;
  readonly result: Result;
  /** JSON text. */
  readonly text: string;
  readonly asked?: Asked;
  /** The rest of the request was not read. */
  readonly close?: boolean;
}

/** An answer that is a metav1.Status and no review. */
export function failureAnswer(code: number, result: Result, message: string): Answer {
  return { code, result, text: JSON.stringify(failure(code, message)) };
}
