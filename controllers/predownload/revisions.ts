import type { PodTemplate } from '../../api/core.ts';
import { isJsonObject, memberAt } from '../../api/json.ts';
import { CONTROLLER_REVISIONS, REPLICA_SETS } from '../../api/resources.ts';
import type { WorkloadKind } from '../../api/workload-kinds.ts';
import type { KubeClient } from '../../kube/kube-client.ts';

/** Revisions kept: enough for every workload of a large cluster that rolls out at once. */
const MAX_CACHED = 1000;

/** Reads the pod templates of ControllerRevisions or ReplicaSets. They never change, so each is read once. */
export class RevisionTemplates {
  readonly #kind: WorkloadKind;
  readonly #client: KubeClient;
  readonly #cache = new Map<string, PodTemplate>();

  constructor(kind: WorkloadKind, client: KubeClient) {
    this.#kind = kind;
    this.#client = client;
  }

  /** Templates by revision name; revisions that no longer exist are left out. */
  async read(
    namespace: string,
    names: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, PodTemplate>> {
    const found = await Promise.all(
      [...names].map(async name => [name, await this.#template(namespace, name, signal)] as const),
    );
    return new Map(
      found.flatMap(([name, template]) => (template === undefined ? [] : [[name, template]])),
    );
  }

  async #template(
    namespace: string,
    name: string,
    signal: AbortSignal,
  ): Promise<PodTemplate | undefined> {
    const key = `${namespace}/${name}`;
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached;
    const template = await this.#fetch({ namespace, name }, signal);
    if (template !== undefined) this.#remember(key, template);
    return template;
  }

  async #fetch(
    target: { readonly namespace: string; readonly name: string },
    signal: AbortSignal,
  ): Promise<PodTemplate | undefined> {
    if (this.#kind.revisions === 'ReplicaSet') {
      return (await this.#client.get(REPLICA_SETS, target, { signal }))?.spec?.template;
    }
    return templateIn((await this.#client.get(CONTROLLER_REVISIONS, target, { signal }))?.data);
  }

  #remember(key: string, template: PodTemplate): void {
    this.#cache.set(key, template);
    if (this.#cache.size <= MAX_CACHED) return;
    for (const oldest of this.#cache.keys()) {
      this.#cache.delete(oldest);
      return;
    }
  }
}

/** `data` of a workload's ControllerRevision is a strategic merge patch `{ spec: { template: { …, $patch: 'replace' } } }`. */
function templateIn(data: unknown): PodTemplate | undefined {
  const template = memberAt(data, 'spec', 'template');
  if (!isJsonObject(template)) return undefined;
  const { $patch: _directive, ...fields } = template;
  return fields;
}
