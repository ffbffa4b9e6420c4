import type { Backend } from '../backend.ts';
import type { UserInfo } from './user.ts';

/** A request before it is known what it is about. */
export interface RawRequest {
  readonly backend: Backend;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  /** Media type of the body, without parameters; empty when there is none. */
  readonly contentType: string;
  readonly accept: string;
  readonly userAgent: string;
  readonly user: UserInfo;
  /** Aborts when the client goes away or the server stops. */
  readonly signal: AbortSignal;
  /** Adds a Warning header to the answer. */
  warn(text: string): void;
}
