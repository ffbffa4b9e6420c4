import type { CertificateSet } from './certificate-set.ts';
import type { CertificateState, Inspection } from './inspect.ts';
import type { CertificateAndKey, ValidityPeriod } from './issue.ts';

/** What to do about the certificates, and why. */
export type CertificateAction =
  | { readonly type: 'keep'; readonly set: CertificateSet }
  | {
      readonly type: 'issue-serving';
      readonly reason: string;
      readonly authority: CertificateAndKey;
      readonly trusted: readonly string[];
    }
  /** The serving certificate follows. What was trusted stays trusted beside it. */
  | {
      readonly type: 'issue-authority';
      readonly reason: string;
      readonly trusted: readonly string[];
    };

/** Decides at time `now` (milliseconds since the epoch). A certificate is renewed at two thirds of its life. */
export function certificateAction(state: CertificateState, now: number): CertificateAction {
  const { trusted } = state;
  const authority = judge(state.authority, 'the authority', now);
  if (!authority.good) return { type: 'issue-authority', reason: authority.reason, trusted };
  const serving = judge(state.serving, 'the serving certificate', now);
  if (serving.good) {
    return { type: 'keep', set: { authority: authority.pair, trusted, serving: serving.pair } };
  }
  return { type: 'issue-serving', reason: serving.reason, authority: authority.pair, trusted };
}

/** When a certificate is to be renewed. */
export function renewalTime({ notBefore, notAfter }: ValidityPeriod): number {
  return notBefore + ((notAfter - notBefore) * 2) / 3;
}

type Judgement =
  | { readonly good: true; readonly pair: CertificateAndKey }
  | { readonly good: false; readonly reason: string };

function judge(inspection: Inspection, what: string, now: number): Judgement {
  const bad = (reason: string): Judgement => ({ good: false, reason });
  if (!inspection.usable) return bad(inspection.reason);
  if (now < inspection.notBefore) return bad(`${what} is not valid yet`);
  if (now >= inspection.notAfter) return bad(`${what} has expired`);
  if (now >= renewalTime(inspection)) return bad(`two thirds of the life of ${what} are over`);
  return { good: true, pair: inspection.pair };
}
