import type { Secret } from '../../api/core.ts';
import { type CertificateSet, encodeSet } from '../../certs/certificate-set.ts';
import {
  createCertificateAuthority,
  issueServingCertificate,
  type ValidityPeriod,
} from '../../certs/issue.ts';

export const NAMESPACE = 'headstart-system';
export const SECRET = 'headstart-webhook-certs';
export const SERVICE = 'headstart-webhook';
export const NAMES = { dnsNames: [`${SERVICE}.${NAMESPACE}.svc`], ipAddresses: [] };

export const DAY_MS = 24 * 60 * 60 * 1000;

/** An authority and a leaf, each of the given life. */
export async function makeSet(
  authorityPeriod: ValidityPeriod,
  servingPeriod: ValidityPeriod = authorityPeriod,
  names = NAMES,
): Promise<CertificateSet> {
  const authority = await createCertificateAuthority({ commonName: 'a', ...authorityPeriod });
  const serving = await issueServingCertificate(authority, {
    commonName: 's',
    ...names,
    ...servingPeriod,
  });
  return { authority, trusted: [authority.certPem], serving };
}

/** The Secret that holds `set`. */
export function secretOf(set: CertificateSet): Secret {
  return {
    metadata: { namespace: NAMESPACE, name: SECRET },
    type: 'kubernetes.io/tls',
    data: encodeSet(set),
  };
}
