import type { ServingMaterial } from './serving-material.ts';

/** Whom the webhook configurations trust. */
export interface Trust {
  /** How long every armed webhook has trusted an authority (PEM); for ever when none is armed. */
  trustedForMs(authority: string): number;
  /** Every authority (PEM) that an armed webhook trusts and that is valid at `now`. */
  authorities(now: number): readonly string[];
}

/** What a look at the source brought. */
export interface Refreshed {
  /** Undefined while there is nothing to serve. */
  readonly material: ServingMaterial | undefined;
  /** Serve it when its issuer has been trusted for so long. */
  readonly settleMs: number;
  readonly lookAgainMs: number;
}

/** Where certificates come from: a Secret that the replicas keep, or files that somebody else does. */
export interface CertificateSource {
  /** Looks at the source and renews what has to be. */
  refresh(trust: Trust, signal: AbortSignal): Promise<Refreshed>;
  /** The authorities (PEM) that the webhook configurations should trust, as they are at this moment; undefined to leave them alone. */
  trustedBundle(signal: AbortSignal): Promise<string | undefined>;
}
