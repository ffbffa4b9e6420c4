import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';

/** Milliseconds since the epoch; certificates keep whole seconds. */
export interface ValidityPeriod {
  readonly notBefore: number;
  readonly notAfter: number;
}

/** A certificate and its private key (PKCS#8), as PEM. The key is a secret: never log it. */
export interface CertificateAndKey {
  readonly certPem: string;
  readonly keyPem: string;
}

/** What a certificate authority is made from. */
export interface AuthorityOptions extends ValidityPeriod {
  readonly commonName: string;
}

/** What a serving certificate is made from. Clients look at the names, not at the common name. */
export interface ServingOptions extends ValidityPeriod {
  /** At most 64 characters (RFC 5280, upper bounds). */
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses?: readonly string[];
}

/** Makes a self-signed certificate authority that may sign leaves only (RSA 2048, SHA-256). */
export async function createCertificateAuthority(
  options: AuthorityOptions,
): Promise<CertificateAndKey> {
  const keys = await generateKeys();
  const certificate = newCertificate(keys.publicKey, options);
  certificate.setIssuer(certificate.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
    { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  return signed(certificate, keys.privateKey, keys.keyPem);
}

/** Makes a TLS server certificate signed by `authority` (RSA 2048, SHA-256). */
export async function issueServingCertificate(
  authority: CertificateAndKey,
  options: ServingOptions,
): Promise<CertificateAndKey> {
  const keys = await generateKeys();
  const issuer = forge.pki.certificateFromPem(authority.certPem);
  const certificate = newCertificate(keys.publicKey, options);
  certificate.setIssuer(issuer.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', critical: true, cA: false },
    { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames: alternativeNames(options) },
    { name: 'subjectKeyIdentifier' },
    {
      name: 'authorityKeyIdentifier',
      keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes(),
    },
  ]);
  return signed(certificate, forge.pki.privateKeyFromPem(authority.keyPem), keys.keyPem);
}

/** GeneralName choices of RFC 5280 4.2.1.6. */
const DNS_NAME = 2;
const IP_ADDRESS = 7;

function alternativeNames({ dnsNames, ipAddresses = [] }: ServingOptions): object[] {
  return [
    ...dnsNames.map(value => ({ type: DNS_NAME, value })),
    ...ipAddresses.map(ip => ({ type: IP_ADDRESS, ip })),
  ];
}

const generateRsaKeys = promisify(generateKeyPair);

/** Natively and off the event loop: node-forge alone takes seconds, and blocks. */
async function generateKeys(): Promise<{
  readonly publicKey: forge.pki.PublicKey;
  readonly privateKey: forge.pki.rsa.PrivateKey;
  readonly keyPem: string;
}> {
  const { publicKey, privateKey } = await generateRsaKeys('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return {
    publicKey: forge.pki.publicKeyFromPem(publicKey),
    privateKey: forge.pki.privateKeyFromPem(privateKey),
    keyPem: privateKey,
  };
}

function newCertificate(
  publicKey: forge.pki.PublicKey,
  { commonName, notBefore, notAfter }: AuthorityOptions,
): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = publicKey;
  certificate.serialNumber = randomSerial();
  certificate.validity.notBefore = new Date(notBefore);
  certificate.validity.notAfter = new Date(notAfter);
  certificate.setSubject([{ name: 'commonName', value: commonName }]);
  return certificate;
}

/** Positive and 16 bytes long in DER whatever the bytes (RFC 5280 4.1.2.2). */
function randomSerial(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x7f) | 0x40, 0);
  return bytes.toString('hex');
}

function signed(
  certificate: forge.pki.Certificate,
  key: forge.pki.rsa.PrivateKey,
  keyPem: string,
): CertificateAndKey {
  certificate.sign(key, forge.md.sha256.create());
  return { certPem: forge.pki.certificateToPem(certificate).replaceAll('\r\n', '\n'), keyPem };
}
