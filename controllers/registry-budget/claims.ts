import type { ObjectKey } from '../../api/meta.ts';
import type { Claimant } from './fair-shares.ts';

/** A job that got less than it asked for. */
export interface Claim extends Claimant {
  /** Of the job. */
  readonly key: ObjectKey;
}

/** Who waits for which registry. A job waits for one. */
export class Claims {
  /** Hosts without a claim have no entry. */
  readonly #byHost = new Map<string, Map<ObjectKey, Claim>>();
  readonly #hosts = new Map<ObjectKey, string>();

  /** Hosts that somebody waits for. */
  hosts(): readonly string[] {
    return [...this.#byHost.keys()];
  }

  /** Claims on `host`. */
  on(host: string): readonly Claim[] {
    return [...(this.#byHost.get(host)?.values() ?? [])];
  }

  /** The host that the job waits for. */
  hostOf(key: ObjectKey): string | undefined {
    return this.#hosts.get(key);
  }

  /** Keeps a claim in place of the one that the job had. */
  set(host: string, claim: Claim): void {
    this.drop(claim.key);
    let claims = this.#byHost.get(host);
    if (claims === undefined) this.#byHost.set(host, (claims = new Map()));
    claims.set(claim.key, claim);
    this.#hosts.set(claim.key, host);
  }

  /** Forgets all. */
  clear(): void {
    this.#byHost.clear();
    this.#hosts.clear();
  }

  /** Forgets the claim of a job. */
  drop(key: ObjectKey): void {
    const host = this.#hosts.get(key);
    if (host === undefined) return;
    this.#hosts.delete(key);
    const claims = this.#byHost.get(host);
    claims?.delete(key);
    if (claims?.size === 0) this.#byHost.delete(host);
  }
}
