import type { Secret } from '../api/core.ts';
import { type ObjectMeta, objectKey } from '../api/meta.ts';
import { SECRETS } from '../api/resources.ts';
import type { ReconcileResult } from '../kube/controller.ts';
import type { JsonPatchOperation, KubeClient } from '../kube/kube-client.ts';
import { isAlreadyExists } from '../kube/kube-error.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log.ts';
import { type CertificateAction, certificateAction } from './action.ts';
import { type CertificateSet, encodeSet } from './certificate-set.ts';
import { inspectSecret, type ServingNames } from './inspect.ts';
import {
  createCertificateAuthority,
  issueServingCertificate,
  type ValidityPeriod,
} from './issue.ts';

export interface CertificateKeeperOptions extends ServingNames {
  readonly namespace: string;
  readonly secretName: string;
  /** Of the serving certificate; clients do not look at it. */
  readonly commonName: string;
}

export interface CertificateKeeperDeps {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called with what the Secret holds, each time it was found good or has been written. */
  readonly publish: (set: CertificateSet) => void;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const AUTHORITY_LIFE_MS = 3650 * DAY_MS;
const SERVING_LIFE_MS = 365 * DAY_MS;
/** Clocks of replicas and of the API server may differ. */
const BACKDATE_MS = 60 * 60 * 1000;
/** The manager may get its Secret but not watch secrets, so what other replicas write is found by looking. */
const LOOK_AGAIN_MS = 10_000;
/** The authority and the one before it. */
const MAX_TRUSTED = 2;

type Change = Exclude<CertificateAction, { type: 'keep' }>;

/** Keeps the Secret good. Replicas do so all at once: who writes first wins, and the others take what they find. */
export class CertificateKeeper {
  readonly #options: CertificateKeeperOptions;
  readonly #deps: CertificateKeeperDeps;

  constructor(options: CertificateKeeperOptions, deps: CertificateKeeperDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** Reads the Secret, renews or replaces what has to be, and publishes the outcome. */
  async reconcile(signal: AbortSignal): Promise<ReconcileResult> {
    const { client, clock, publish } = this.#deps;
    const secret = await client.get(SECRETS, this.#name, { signal });
    const action = certificateAction(inspectSecret(secret, this.#options), clock.now());
    if (action.type === 'keep') {
      publish(action.set);
      return { requeueAfterMs: LOOK_AGAIN_MS };
    }
    const set = await this.#issue(action);
    if (!(await this.#write(secret, set, signal))) return { requeueAfterMs: 0 };
    this.#logChange(action);
    publish(set);
    return { requeueAfterMs: LOOK_AGAIN_MS };
  }

  get #name(): { readonly namespace: string; readonly name: string } {
    return { namespace: this.#options.namespace, name: this.#options.secretName };
  }

  async #issue(action: Change): Promise<CertificateSet> {
    const { commonName, dnsNames, ipAddresses } = this.#options;
    const { authority, trusted } =
      action.type === 'issue-serving' ? action : await this.#issueAuthority(action.trusted);
    const serving = await issueServingCertificate(authority, {
      commonName,
      dnsNames,
      ipAddresses,
      ...this.#period(SERVING_LIFE_MS),
    });
    return { authority, trusted, serving };
  }

  async #issueAuthority(
    before: readonly string[],
  ): Promise<Pick<CertificateSet, 'authority' | 'trusted'>> {
    const authority = await createCertificateAuthority({
      commonName: `${this.#options.commonName}-ca`,
      ...this.#period(AUTHORITY_LIFE_MS),
    });
    return { authority, trusted: [authority.certPem, ...before].slice(0, MAX_TRUSTED) };
  }

  #period(lifeMs: number): ValidityPeriod {
    const now = this.#deps.clock.now();
    return { notBefore: now - BACKDATE_MS, notAfter: now + lifeMs };
  }

  /** False when another replica was first. */
  async #write(
    secret: Secret | undefined,
    set: CertificateSet,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { client } = this.#deps;
    const data = encodeSet(set);
    if (secret !== undefined) {
      const operations = dataPatch(secret, data);
      await client.patch(SECRETS, this.#name, { type: 'json', operations }, { signal });
      return true;
    }
    try {
      const metadata: ObjectMeta = this.#name;
      await client.create(SECRETS, { metadata, type: 'kubernetes.io/tls', data }, { signal });
      return true;
    } catch (error) {
      if (isAlreadyExists(error)) return false;
      throw error;
    }
  }

  #logChange({ type, reason }: Change): void {
    const { namespace, name } = this.#name;
    this.#deps.log.info('Webhook certificates issued', {
      secret: objectKey(name, namespace),
      action: type,
      reason,
    });
  }
}

/** Sets our keys and leaves others alone; answered with a conflict when somebody wrote since the Secret was read. */
function dataPatch(
  { metadata, data: old }: Secret,
  data: Readonly<Record<string, string>>,
): readonly JsonPatchOperation[] {
  const guard = {
    op: 'replace',
    path: '/metadata/resourceVersion',
    value: metadata.resourceVersion,
  } as const;
  if (old === undefined) return [guard, { op: 'add', path: '/data', value: data }];
  const members = Object.entries(data).map(
    ([key, value]) => ({ op: 'add', path: `/data/${key}`, value }) as const,
  );
  return [guard, ...members];
}
