import type { ConfigMap } from '../../api/core.ts';
import { registryOf } from '../../api/image-reference.ts';
import type { ImageTagStatus, NodeImage } from '../../api/node-image.ts';
import type { StoredChange } from '../support/fake-kube/fake-store.ts';
import { CeilingBook, HOSTS } from './ceiling-book.ts';
import { type Moment, RegistryPulls } from './registry-pulls.ts';
import type { Truth } from './truth.ts';

/** Judges the pulls that managers begin by the ceilings of their registries. */
export class RegistryAudit {
  readonly #pulls: RegistryPulls;
  readonly #ceilings: CeilingBook;

  constructor(options: { readonly maxPullsPerRegistry: number }, deps: { readonly truth: Truth }) {
    this.#pulls = new RegistryPulls(deps.truth);
    this.#ceilings = new CeilingBook(options);
  }

  /** Takes in a change of the ConfigMap. */
  seeConfigMap({ type, object }: StoredChange, { nowMs }: Moment): void {
    this.#ceilings.set(type === 'DELETED' ? undefined : (object as ConfigMap), nowMs);
  }

  /** Another leader begins. */
  led(): void {
    this.#ceilings.forgetRefusals();
  }

  /** Takes in a change of a NodeImage; returns what is wrong with it. A share in a pull that runs costs nothing, whoever began it. */
  see({ object, previous }: StoredChange, by: Moment & { isManager: boolean }): readonly string[] {
    const [before, after] = [previous as NodeImage, object as NodeImage];
    const inFlight = HOSTS.map(host => [host, this.#pulls.count(host, by)] as const);
    const begun = this.#pulls.begins(before, after, by);
    const problems: string[] = [];
    for (const [host, running] of inFlight) {
      const most = this.#ceilings.most(host, by);
      if (begun.has(host) && running > most) {
        problems.push(`${running} pulls from ${host}, which has a ceiling of ${most}`);
      }
      const known = refusals(before, host);
      const fresh = refusals(after, host).filter(id => !known.includes(id));
      // A refused pull that has ended counts as one that ran.
      const ended = fresh.filter(id => id.endsWith('Failed')).length;
      if (fresh.length > 0) this.#ceilings.refused(host, { ...by, inFlight: running + ended });
    }
    return problems;
  }
}

const isRefused = ({ reason }: ImageTagStatus): boolean => reason === 'RateLimited';

/** The pulls that a NodeImage shows as refused by a registry. */
function refusals({ status }: NodeImage, host: string): readonly string[] {
  return Object.entries(status?.imageStatuses ?? {}).flatMap(([name, { tags }]) =>
    registryOf(name) !== host
      ? []
      : tags
          .filter(isRefused)
          .map(({ tag, version, phase }) => `${name}:${tag} ${version} ${phase}`),
  );
}
