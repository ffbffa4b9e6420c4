import type { Secret } from '../../../api/core.ts';
import { SECRETS } from '../../../api/resources.ts';
import type { FakeKube } from '../../support/fake-kube.ts';

/** Type and content of a pull secret. */
export type SecretContent = Pick<Secret, 'type' | 'data'>;

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** A secret of type dockerconfigjson: registry → entry. */
export function configJson(auths: object, others: object = {}): SecretContent {
  const text = JSON.stringify({ auths, ...others });
  return { type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': base64(text) } };
}

/** A secret of type dockercfg: registry → entry. */
export function dockercfg(registries: object): SecretContent {
  const data = { '.dockercfg': base64(JSON.stringify(registries)) };
  return { type: 'kubernetes.io/dockercfg', data };
}

/** Puts a secret into the namespace `ns`. */
export function pullSecret(kube: FakeKube, name: string, content: SecretContent): void {
  kube.seed(SECRETS, { metadata: { name, namespace: 'ns' }, ...content });
}
