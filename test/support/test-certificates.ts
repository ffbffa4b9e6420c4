import {
  type CertificateAndKey,
  createCertificateAuthority,
  issueServingCertificate,
} from '../../certs/issue.ts';

/** An authority and two certificates for `localhost` and 127.0.0.1 that it signed. */
export interface TestCertificates {
  readonly authority: CertificateAndKey;
  /** Common name `first`. */
  readonly first: CertificateAndKey;
  /** Common name `second`. */
  readonly second: CertificateAndKey;
}

let made: Promise<TestCertificates> | undefined;

/** The same certificates for all tests: making keys takes most of a second. */
export function testCertificates(): Promise<TestCertificates> {
  made ??= makeCertificates();
  return made;
}

async function makeCertificates(): Promise<TestCertificates> {
  const period = { notBefore: Date.now() - 60_000, notAfter: Date.now() + 3_600_000 };
  const names = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] };
  const authority = await createCertificateAuthority({ commonName: 'test authority', ...period });
  const [first, second] = await Promise.all([
    issueServingCertificate(authority, { commonName: 'first', ...names, ...period }),
    issueServingCertificate(authority, { commonName: 'second', ...names, ...period }),
  ]);
  return { authority, first, second };
}
