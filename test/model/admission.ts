import { KubeError } from '../../kube/kube-error.ts';

/** What the API server may answer to every change of a NodeImage's spec, until somebody mends it. */
export const REFUSALS = {
  /** The object breaks a rule of its schema. */
  invalid: 422,
  /** A policy is against it. */
  forbidden: 403,
  /** The object is larger than etcd takes. */
  'too-large': 413,
} as const;
export type RefusalName = keyof typeof REFUSALS;

/** Refuses changes of some NodeImages. */
export class Admission {
  readonly #refused = new Map<string, RefusalName>();
  readonly #told: (node: string) => void;

  constructor(deps: { readonly told: (node: string) => void }) {
    this.#told = deps.told;
  }

  /** From now on the NodeImage of `node` can't be changed. */
  refuse(node: string, how: RefusalName): void {
    this.#refused.set(node, how);
  }

  /** All is allowed again. */
  mend(): void {
    this.#refused.clear();
  }

  /** Throws when a change of the NodeImage is refused. */
  check(node: string): void {
    const how = this.#refused.get(node);
    if (how === undefined) return;
    this.#told(node);
    const reason = how === 'invalid' ? 'Invalid' : 'Forbidden';
    throw new KubeError(`refused: ${how}`, { status: REFUSALS[how], reason });
  }
}
