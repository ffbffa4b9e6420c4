import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Secret } from '../api/core.ts';
import {
  issuerOf,
  SECRET_KEYS,
  type SecretKey,
  secretText,
  splitBundle,
} from './certificate-set.ts';
import type { CertificateAndKey, ValidityPeriod } from './issue.ts';

/** One certificate of the Secret with its key, or why it cannot be used. */
export type Inspection =
  | ({ readonly usable: true; readonly pair: CertificateAndKey } & ValidityPeriod)
  | { readonly usable: false; readonly reason: string };

/** What the Secret holds, whatever somebody put there. */
export interface CertificateState {
  readonly authority: Inspection;
  /** PEM; empty when the authority is unusable. */
  readonly trusted: readonly string[];
  /** Usable only if the authority is, one of `trusted` signed it, and it covers every name. */
  readonly serving: Inspection;
  /** Whether the authority itself signed it; not so during a rotation. */
  readonly servedByAuthority: boolean;
}

/** What clients call the webhook server. */
export interface ServingNames {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

/** Reads the Secret. Every check but those that need the time is made here. */
export function inspectSecret(secret: Secret | undefined, names: ServingNames): CertificateState {
  const authority = inspectAuthority(secret);
  const serving = parseCertificate(secretText(secret, SECRET_KEYS.servingCert));
  if (!authority.usable) {
    const useless = unusable(authority.reason);
    return { authority, trusted: [], serving: useless, servedByAuthority: false };
  }
  const trusted = splitBundle(secretText(secret, SECRET_KEYS.authorityCert));
  const issuer = serving === undefined ? undefined : issuerOf(serving, trusted);
  return {
    authority,
    trusted,
    serving: inspectServing(secret, issuer, names),
    servedByAuthority: issuer === trusted[0],
  };
}

const unusable = (reason: string): Inspection => ({ usable: false, reason });

function usable(certificate: X509Certificate, pair: CertificateAndKey): Inspection {
  return {
    usable: true,
    pair,
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
  };
}

function inspectAuthority(secret: Secret | undefined): Inspection {
  const { authorityCert, authorityKey } = SECRET_KEYS;
  if (secret === undefined) return unusable('the Secret does not exist');
  const bundle = splitBundle(secretText(secret, authorityCert));
  const [certPem = ''] = bundle;
  const certificate = parseCertificate(certPem);
  if (certificate === undefined)
    return unusable(missingOr(secret, authorityCert, 'no certificate'));
  if (bundle.some(pem => parseCertificate(pem) === undefined)) {
    return unusable(`${authorityCert} holds something that is no certificate`);
  }
  if (!certificate.ca) return unusable(`${authorityCert} is no certificate authority`);
  const keyPem = secretText(secret, authorityKey);
  const problem = keyProblem(certificate, secret, authorityKey);
  return problem === undefined ? usable(certificate, { certPem, keyPem }) : unusable(problem);
}

function inspectServing(
  secret: Secret | undefined,
  issuer: string | undefined,
  names: ServingNames,
): Inspection {
  const { servingCert, servingKey } = SECRET_KEYS;
  const certPem = secretText(secret, servingCert);
  const certificate = parseCertificate(certPem);
  if (certificate === undefined) return unusable(missingOr(secret, servingCert, 'no certificate'));
  const problem =
    keyProblem(certificate, secret, servingKey) ??
    (issuer === undefined ? `${servingCert} was not signed by the authority` : undefined) ??
    nameProblem(certificate, names);
  const keyPem = secretText(secret, servingKey);
  return problem === undefined ? usable(certificate, { certPem, keyPem }) : unusable(problem);
}

function keyProblem(
  certificate: X509Certificate,
  secret: Secret | undefined,
  key: SecretKey,
): string | undefined {
  const privateKey = parseKey(secretText(secret, key));
  if (privateKey === undefined) return missingOr(secret, key, 'no private key');
  // node-forge signs with RSA only.
  if (privateKey.asymmetricKeyType !== 'rsa') return `${key} is no RSA key`;
  return certificate.checkPrivateKey(privateKey)
    ? undefined
    : `${key} does not belong to its certificate`;
}

function nameProblem(
  certificate: X509Certificate,
  { dnsNames, ipAddresses }: ServingNames,
): string | undefined {
  const missing =
    dnsNames.find(name => certificate.checkHost(name) === undefined) ??
    ipAddresses.find(ip => certificate.checkIP(ip) === undefined);
  return missing === undefined
    ? undefined
    : `${SECRET_KEYS.servingCert} is not valid for ${missing}`;
}

function missingOr(secret: Secret | undefined, key: SecretKey, otherwise: string): string {
  return secretText(secret, key) === '' ? `${key} is missing` : `${key} is ${otherwise}`;
}

function parseCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined; // The caller says which key of the Secret it was.
  }
}

function parseKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined; // The error of OpenSSL says nothing that helps, and the text is a secret.
  }
}
