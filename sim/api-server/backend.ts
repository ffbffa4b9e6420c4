import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';
import type { Admission } from './admission/admission.ts';
import type { Registry } from './registry/registry.ts';
import type { Store } from './store/store.ts';

/** What every handler works with. */
export interface Backend {
  readonly store: Store;
  readonly registry: Registry;
  readonly admission: Admission;
  readonly clock: Clock;
  readonly log: Logger;
  /** A number in [0, 1), for generated names. */
  readonly random: () => number;
  readonly uuid: () => string;
  /** Whether writes are taken as they are: unchecked, without defaults and owners of fields. */
  readonly isTrusting: boolean;
}
