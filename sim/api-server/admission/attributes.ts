import type { ApiRequest } from '../http/api-request.ts';
import type { ApiObject } from '../objects/api-object.ts';

/** What admission decides about. */
export interface Attributes {
  readonly request: ApiRequest;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly dryRun: boolean;
  /** Absent on DELETE. */
  readonly object?: ApiObject | undefined;
  /** Absent on CREATE. */
  readonly oldObject?: ApiObject | undefined;
}
