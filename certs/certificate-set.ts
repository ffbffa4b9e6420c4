import { X509Certificate } from 'node:crypto';
import type { Secret } from '../api/core.ts';
import type { CertificateAndKey } from './issue.ts';

/** All that the Secret holds. */
export interface CertificateSet {
  /** Signs the next serving certificate. */
  readonly authority: CertificateAndKey;
  /** Certificates that clients trust: the authority's first, then those of authorities before it. */
  readonly trusted: readonly string[];
  /** Signed by one of `trusted`: during a rotation still by the authority before. */
  readonly serving: CertificateAndKey;
}

/** Keys of the Secret. `ca.crt` is a bundle; the other three are what kubernetes.io/tls and cert-manager use. */
export const SECRET_KEYS = {
  authorityCert: 'ca.crt',
  authorityKey: 'ca.key',
  servingCert: 'tls.crt',
  servingKey: 'tls.key',
} as const;
export type SecretKey = (typeof SECRET_KEYS)[keyof typeof SECRET_KEYS];

/** The Secret's data, base64 as the API wants it. */
export function encodeSet({
  authority,
  trusted,
  serving,
}: CertificateSet): Record<SecretKey, string> {
  return {
    'ca.crt': base64(bundleOf(trusted)),
    'ca.key': base64(authority.keyPem),
    'tls.crt': base64(serving.certPem),
    'tls.key': base64(serving.keyPem),
  };
}

/** One PEM text of several certificates. */
export function bundleOf(certificates: readonly string[]): string {
  return certificates.map(pem => `${pem.trimEnd()}\n`).join('');
}

/** The certificates of a PEM text, in order. */
export function splitBundle(pem: string): readonly string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

/** Which of `authorities` (PEM) signed `certificate`. */
export function issuerOf(
  certificate: X509Certificate,
  authorities: readonly string[],
): string | undefined {
  return authorities.find(pem => {
    const issuer = new X509Certificate(pem);
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  });
}

/** The text under `key`; '' when it is missing. */
export function secretText(secret: Secret | undefined, key: SecretKey): string {
  return Buffer.from(secret?.data?.[key] ?? '', 'base64').toString('utf8');
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
