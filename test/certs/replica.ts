import { SECRETS } from '../../api/resources.ts';
import { CertificateKeeper } from '../../certs/certificate-keeper.ts';
import { splitBundle } from '../../certs/certificate-set.ts';
import type { Refreshed, Trust } from '../../certs/certificate-source.ts';
import type { FakeKube } from '../support/fake-kube.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { DAY_MS, NAMES, NAMESPACE, SECRET, SERVICE } from './certificate-fixtures.ts';

const signal = new AbortController().signal;
export const KEY = `${NAMESPACE}/${SECRET}`;
const LIVES = { authorityMs: 3650 * DAY_MS, servingMs: 365 * DAY_MS };

/** One replica of the manager, as far as certificates go. */
export class Replica implements Trust {
  readonly log = new RecordingLogger();
  readonly keeper: CertificateKeeper;
  served: string | undefined;
  bundle: readonly string[] = [];
  /** How long the API servers have trusted whom. */
  trustedMs = Number.POSITIVE_INFINITY;
  inConfigurations: readonly string[] = [];

  constructor(kube: FakeKube) {
    this.keeper = new CertificateKeeper(
      { namespace: NAMESPACE, secretName: SECRET, commonName: SERVICE, lives: LIVES, ...NAMES },
      { client: kube, clock: kube.clock, log: this.log },
    );
  }

  trustedForMs(): number {
    return this.trustedMs;
  }

  authorities(): readonly string[] {
    return this.inConfigurations;
  }

  async refresh(): Promise<Refreshed> {
    const result = await this.keeper.refresh(this, signal);
    this.served = result.material?.certPem.trim();
    this.bundle = splitBundle(result.material?.caPem ?? '');
    return result;
  }

  get reasons(): unknown[] {
    return this.log.lines.map(({ fields }) => fields['reason']);
  }

  get actions(): unknown[] {
    return this.log.lines.map(({ fields }) => fields['action']);
  }
}

/** What the Secret holds under `key`. */
export const textIn = (kube: FakeKube, key: string): string =>
  Buffer.from(kube.read(SECRETS, KEY)?.data?.[key] ?? '', 'base64').toString();
