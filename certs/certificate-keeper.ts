import { X509Certificate } from 'node:crypto';
import type { Secret } from '../api/core.ts';
import { type ObjectMeta, objectKey } from '../api/meta.ts';
import { SECRETS } from '../api/resources.ts';
import type { JsonPatchOperation, KubeClient } from '../kube/kube-client.ts';
import { isAlreadyExists } from '../kube/kube-error.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log.ts';
import { type CertificateAction, certificateAction } from './action.ts';
import { bundleOf, type CertificateSet, encodeSet, issuerOf } from './certificate-set.ts';
import type { CertificateSource, Refreshed, Trust } from './certificate-source.ts';
import { type CertificateState, inspectSecret, type ServingNames } from './inspect.ts';
import {
  type CertificateAndKey,
  createCertificateAuthority,
  issueServingCertificate,
} from './issue.ts';
import { type Lives, type Pace, paceOf } from './lives.ts';
import type { ServingMaterial } from './serving-material.ts';

export interface CertificateKeeperOptions extends ServingNames {
  readonly namespace: string;
  readonly secretName: string;
  /** Of the serving certificate; clients do not look at it. */
  readonly commonName: string;
  readonly lives: Lives;
}

export interface CertificateKeeperDeps {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
}

/** An authority, the one before it, and in an emergency what other replicas may still serve under. */
const MAX_TRUSTED = 4;

type Change = Exclude<CertificateAction, { type: 'keep' }>;

/** Keeps the Secret good. Replicas do so all at once: who writes first wins, and the others take what they find. */
export class CertificateKeeper implements CertificateSource {
  readonly #options: CertificateKeeperOptions;
  readonly #pace: Pace;
  readonly #deps: CertificateKeeperDeps;
  #known: { readonly set: CertificateSet; readonly state: CertificateState } | undefined;

  constructor(options: CertificateKeeperOptions, deps: CertificateKeeperDeps) {
    this.#options = options;
    this.#pace = paceOf(options.lives);
    this.#deps = deps;
  }

  /** Reads the Secret and renews or replaces what has to be. Throws a conflict when another replica was first. */
  async refresh(trust: Trust, signal: AbortSignal): Promise<Refreshed> {
    const secret = await this.#read(signal);
    const action = this.#decide(inspectSecret(secret, this.#options), trust);
    const set = action.type === 'keep' ? action.set : await this.#make(action, trust);
    if (action.type !== 'keep') {
      if (!(await this.#write(secret, set, signal))) return this.refresh(trust, signal);
      this.#logChange(action);
    }
    this.#know(set);
    const { settleMs, lookAgainMs } = this.#pace;
    return { material: materialOf(set), settleMs, lookAgainMs };
  }

  /**
   * The bundle to trust, as the Secret has it at this moment: a replica that went by what it knows would undo what another one has
   * just written. Undefined before there is one.
   */
  async trustedBundle(signal: AbortSignal): Promise<string | undefined> {
    const { trusted } = inspectSecret(await this.#read(signal), this.#options);
    if (trusted.length > 0) return bundleOf(trusted);
    return this.#known === undefined ? undefined : bundleOf(this.#known.set.trusted);
  }

  get #name(): { readonly namespace: string; readonly name: string } {
    return { namespace: this.#options.namespace, name: this.#options.secretName };
  }

  #read(signal: AbortSignal): Promise<Secret | undefined> {
    return this.#deps.client.get(SECRETS, this.#name, { signal });
  }

  #decide(state: CertificateState, trust: Trust): CertificateAction {
    const [authority = ''] = state.trusted;
    return certificateAction(state, {
      now: this.#deps.clock.now(),
      known: this.#known,
      authorityIsTrusted: trust.trustedForMs(authority) >= this.#pace.settleMs,
    });
  }

  #know(set: CertificateSet): void {
    const metadata: ObjectMeta = this.#name;
    this.#known = { set, state: inspectSecret({ metadata, data: encodeSet(set) }, this.#options) };
  }

  async #make(action: Change, trust: Trust): Promise<CertificateSet> {
    switch (action.type) {
      case 'restore':
        return action.set;
      case 'issue-serving': {
        const { authority, trusted } = action;
        return { authority, trusted, serving: await this.#issueServing(authority) };
      }
      case 'issue-authority': {
        const authority = await this.#issueAuthority();
        const serving = action.serving ?? (await this.#issueServing(authority));
        return { authority, trusted: this.#trustedWith(authority, action.trusted, trust), serving };
      }
    }
  }

  /** Without the Secret, the webhook configurations still tell what other replicas serve under. */
  #trustedWith(
    { certPem }: CertificateAndKey,
    before: readonly string[],
    trust: Trust,
  ): readonly string[] {
    const others = before.length > 0 ? before : trust.authorities(this.#deps.clock.now());
    return [...new Set([certPem, ...others].map(pem => pem.trim()))].slice(0, MAX_TRUSTED);
  }

  #issueServing(authority: CertificateAndKey): Promise<CertificateAndKey> {
    const { commonName, dnsNames, ipAddresses, lives } = this.#options;
    const period = this.#period(lives.servingMs);
    return issueServingCertificate(authority, { commonName, dnsNames, ipAddresses, ...period });
  }

  #issueAuthority(): Promise<CertificateAndKey> {
    const { commonName, lives } = this.#options;
    const period = this.#period(lives.authorityMs);
    return createCertificateAuthority({ commonName: `${commonName}-ca`, ...period });
  }

  #period(lifeMs: number): { readonly notBefore: number; readonly notAfter: number } {
    const now = this.#deps.clock.now();
    return { notBefore: now - this.#pace.backdateMs, notAfter: now + lifeMs };
  }

  /** False when another replica made the Secret a moment ago. */
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
    const fields = { secret: objectKey(name, namespace), action: type, reason };
    this.#deps.log.info('Webhook certificates changed', fields);
  }
}

function materialOf({ serving, trusted }: CertificateSet): ServingMaterial {
  const issuerPem = issuerOf(new X509Certificate(serving.certPem), trusted);
  return {
    ...serving,
    caPem: bundleOf(trusted),
    ...(issuerPem === undefined ? {} : { issuerPem }),
  };
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
