import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from './process.ts';

export interface CertificateRequest {
  /** Name of its files. */
  readonly name: string;
  /** openssl form, for example `/O=system:masters/CN=admin`. */
  readonly subject: string;
  readonly usage: 'serverAuth' | 'clientAuth';
  /** openssl form, for example `IP:127.0.0.1,DNS:localhost`. */
  readonly altNames?: string;
}

export interface KeyPairFiles {
  readonly certificate: string;
  readonly key: string;
}

/** The certificate authority of one cluster and what it issued, as files in one folder. */
export interface Pki {
  readonly caCertificate: string;
  /** Signs the tokens of ServiceAccounts. */
  readonly serviceAccountKey: string;
  readonly serviceAccountPublicKey: string;
  issue(request: CertificateRequest): Promise<KeyPairFiles>;
}

/** Makes a certificate authority in `folder`. openssl, so that the tests do not lean on the product's own certs/. */
export async function createPki(folder: string): Promise<Pki> {
  const file = (name: string): string => join(folder, name);
  const [caKey, caCertificate] = [file('ca.key'), file('ca.crt')];
  const [serviceAccountKey, serviceAccountPublicKey] = [file('sa.key'), file('sa.pub')];
  await Promise.all([makeEcKey(caKey), openssl(`genrsa -out ${serviceAccountKey} 2048`)]);
  await Promise.all([
    openssl(`rsa -in ${serviceAccountKey} -pubout -out ${serviceAccountPublicKey}`),
    openssl(`req -x509 -new -key ${caKey} -out ${caCertificate} -subj /CN=test-ca -days 30`),
  ]);
  return {
    caCertificate,
    serviceAccountKey,
    serviceAccountPublicKey,
    async issue({ name, subject, usage, altNames }) {
      const pair = { certificate: file(`${name}.crt`), key: file(`${name}.key`) };
      const [request, extensions] = [file(`${name}.csr`), file(`${name}.ext`)];
      const lines = [`extendedKeyUsage=${usage}`];
      if (altNames !== undefined) lines.push(`subjectAltName=${altNames}`);
      await Promise.all([makeEcKey(pair.key), writeFile(extensions, lines.join('\n'))]);
      await openssl(`req -new -key ${pair.key} -subj ${subject} -out ${request}`);
      const signer = `-CA ${caCertificate} -CAkey ${caKey} -set_serial 0x${serial()} -days 30`;
      await openssl(
        `x509 -req -in ${request} ${signer} -extfile ${extensions} -out ${pair.certificate}`,
      );
      return pair;
    },
  };
}

const makeEcKey = (path: string): Promise<string> =>
  openssl(`ecparam -name prime256v1 -genkey -noout -out ${path}`);

/** No argument of ours holds a space. */
const openssl = (args: string): Promise<string> => mustRun(['openssl', ...args.split(' ')]);

/** Given explicitly: certificates are issued side by side, and openssl's serial file would be a race. */
const serial = (): string => crypto.randomUUID().replaceAll('-', '').slice(1);
