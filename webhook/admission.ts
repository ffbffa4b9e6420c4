import type { Advice } from '../api/advice.ts';
import type { FieldError } from '../api/field-error.ts';
import type { JsonObject } from '../api/json.ts';
import type { PodNodes } from '../api/pod-nodes.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log.ts';

export const OPERATIONS = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** Who asks. */
export interface User {
  readonly username: string;
  /** What the API server knows of the user besides; values that are no lists of strings are left out. */
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** The part of admission.k8s.io AdmissionRequest that is used, checked. Absent strings are ''. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly resource: {
    readonly group: string;
    readonly version: string;
    readonly resource: string;
  };
  /** '' for the object itself. */
  readonly subResource: string;
  readonly operation: Operation;
  readonly name: string;
  readonly namespace: string;
  readonly user: User;
  readonly dryRun: boolean;
  /** Present on CREATE and UPDATE. */
  readonly object: JsonObject | undefined;
  /** Present on UPDATE and DELETE. */
  readonly oldObject: JsonObject | undefined;
}

/** One step of the JSON patch that a mutating webhook answers with (RFC 6902). */
export type PatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/** What a handler makes of a request. */
export type AdmissionDecision =
  | {
      readonly type: 'allowed';
      /** Absent or empty: nothing changes. */
      readonly patch?: readonly PatchOperation[];
      readonly warnings: readonly string[];
    }
  | {
      readonly type: 'denied';
      /** Every violation, not only the first. */
      readonly errors: readonly FieldError[];
      readonly warnings: readonly string[];
    }
  /** The request makes no sense on this route; answered with 400. */
  | { readonly type: 'malformed'; readonly message: string };

/** What handlers may use. Nothing here waits or writes. */
export interface HandlerDeps {
  readonly advice: Advice;
  readonly podNodes: PodNodes;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Judges one request. The answer depends on the request and, for warnings and timestamps, on `deps`; asking twice gives the same. */
export type Handler = (request: AdmissionRequest, deps: HandlerDeps) => AdmissionDecision;

/** The decision that changes nothing and says nothing. */
export const ALLOWED: AdmissionDecision = { type: 'allowed', warnings: [] };
