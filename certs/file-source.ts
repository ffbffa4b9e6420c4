import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError, HeadstartError } from '../runtime/errors.ts';
import type { Logger } from '../runtime/log.ts';
import type { CertificateSource, Refreshed } from './certificate-source.ts';
import type { ServingMaterial } from './serving-material.ts';

/** How often the files are looked at; the kubelet takes longer to bring a changed Secret. */
const LOOK_AGAIN_MS = 10_000;

/**
 * A folder with `tls.crt` and `tls.key`, as cert-manager or an administrator provides it. With a `ca.crt` beside them our webhook
 * configurations trust that; without one somebody else (cert-manager's injector) looks after the trust, and they are left alone.
 */
export class FileSource implements CertificateSource {
  readonly #folder: string;
  readonly #log: Logger;
  #good: ServingMaterial | undefined;

  constructor(folder: string, { log }: { readonly log: Logger }) {
    this.#folder = folder;
    this.#log = log;
  }

  /** Files that cannot be used are told in the log; what was good before is served on. Throws CERT_INVALID while there is nothing. */
  async refresh(): Promise<Refreshed> {
    try {
      this.#good = await this.#load();
    } catch (error) {
      if (this.#good === undefined) throw error;
      // Replacing several files takes a moment, in which they do not fit together.
      const fields = { folder: this.#folder, problem: describeError(error) };
      this.#log.warn('Certificate files cannot be used, the ones before are', fields);
    }
    return { material: this.#good, settleMs: 0, lookAgainMs: LOOK_AGAIN_MS };
  }

  /** What `ca.crt` holds. */
  async trustedBundle(): Promise<string | undefined> {
    const caPem = await this.#readIfThere('ca.crt');
    return caPem === '' ? undefined : caPem;
  }

  async #load(): Promise<ServingMaterial> {
    const [certPem, keyPem, caPem] = await Promise.all([
      readFile(join(this.#folder, 'tls.crt'), 'utf8'),
      readFile(join(this.#folder, 'tls.key'), 'utf8'),
      this.#readIfThere('ca.crt'),
    ]).catch((cause: NodeJS.ErrnoException) => {
      throw this.#invalid(`cannot be read: ${cause.code ?? cause.message}`);
    });
    if (!belongTogether(certPem, keyPem)) {
      throw this.#invalid('hold no certificate with its private key');
    }
    return { certPem, keyPem, caPem };
  }

  async #readIfThere(name: string): Promise<string> {
    try {
      return await readFile(join(this.#folder, name), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw error;
    }
  }

  #invalid(problem: string): HeadstartError {
    return new HeadstartError('CERT_INVALID', `tls.crt and tls.key in ${this.#folder} ${problem}`);
  }
}

function belongTogether(certPem: string, keyPem: string): boolean {
  try {
    return new X509Certificate(certPem).checkPrivateKey(createPrivateKey(keyPem));
  } catch {
    return false; // OpenSSL's message does not help, and the text is a secret.
  }
}
