import type { CertificateSet } from './certificate-set.ts';
import type { CertificateState, Inspection } from './inspect.ts';
import type { CertificateAndKey, ValidityPeriod } from './issue.ts';

/** What to do about the certificates, and why. */
export type CertificateAction =
  | { readonly type: 'keep'; readonly set: CertificateSet }
  /** The Secret lost what this replica serves with: it is put back. */
  | { readonly type: 'restore'; readonly reason: string; readonly set: CertificateSet }
  | {
      readonly type: 'issue-serving';
      readonly reason: string;
      readonly authority: CertificateAndKey;
      readonly trusted: readonly string[];
    }
  /** What was trusted stays trusted beside the new authority. */
  | {
      readonly type: 'issue-authority';
      readonly reason: string;
      readonly trusted: readonly string[];
      /** Served on until every API server trusts the new authority; without it one is issued at once. */
      readonly serving?: CertificateAndKey;
    };

/** What the decision needs to know besides the Secret. */
export interface CertificateFacts {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** What this replica found in the Secret before, or put there. */
  readonly known: { readonly set: CertificateSet; readonly state: CertificateState } | undefined;
  /** Whether every API server trusts what the authority of the Secret signs. */
  readonly authorityIsTrusted: boolean;
}

/**
 * One step of the life of the certificates. Each is renewed at two thirds of its life. An authority is replaced in two steps, so that
 * nobody is ever shown a certificate he does not trust yet: first it is trusted beside the old one, later it signs what is served.
 */
export function certificateAction(
  state: CertificateState,
  facts: CertificateFacts,
): CertificateAction {
  const { trusted, servedByAuthority } = state;
  const authority = judge(state.authority, 'the authority', facts.now);
  if (authority.verdict === 'bad') return replaceAuthority(authority.reason, facts);
  const serving = judge(state.serving, 'the serving certificate', facts.now);
  const issue = (reason: string): CertificateAction => ({
    type: 'issue-serving',
    reason,
    authority: authority.pair,
    trusted,
  });
  if (serving.verdict === 'bad') return issue(serving.reason);
  if (authority.verdict === 'due') {
    return { type: 'issue-authority', reason: authority.reason, trusted, serving: serving.pair };
  }
  if (facts.authorityIsTrusted) {
    if (serving.verdict === 'due') return issue(serving.reason);
    if (!servedByAuthority) return issue('the authority before signed the serving certificate');
  }
  return { type: 'keep', set: { authority: authority.pair, trusted, serving: serving.pair } };
}

/** When a certificate is to be renewed. */
export function renewalTime({ notBefore, notAfter }: ValidityPeriod): number {
  return notBefore + ((notAfter - notBefore) * 2) / 3;
}

function replaceAuthority(reason: string, { known, now }: CertificateFacts): CertificateAction {
  const isGood = (inspection: Inspection): boolean => judge(inspection, '', now).verdict !== 'bad';
  if (known !== undefined && isGood(known.state.authority) && isGood(known.state.serving)) {
    return { type: 'restore', reason, set: known.set };
  }
  return { type: 'issue-authority', reason, trusted: [] };
}

type Judgement =
  | { readonly verdict: 'good'; readonly pair: CertificateAndKey }
  | { readonly verdict: 'due'; readonly pair: CertificateAndKey; readonly reason: string }
  | { readonly verdict: 'bad'; readonly reason: string };

function judge(inspection: Inspection, what: string, now: number): Judgement {
  if (!inspection.usable) return { verdict: 'bad', reason: inspection.reason };
  const { pair } = inspection;
  if (now < inspection.notBefore) return { verdict: 'bad', reason: `${what} is not valid yet` };
  if (now >= inspection.notAfter) return { verdict: 'bad', reason: `${what} has expired` };
  if (now < renewalTime(inspection)) return { verdict: 'good', pair };
  return { verdict: 'due', pair, reason: `two thirds of the life of ${what} are over` };
}
