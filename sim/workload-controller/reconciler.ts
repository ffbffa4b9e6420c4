import type { PodTemplate } from '../../api/core.ts';
import { labelSelectorToString } from '../../api/label-selector.ts';
import { controllerOf, isBeingDeleted, parseObjectKey } from '../../api/meta.ts';
import { CONTROLLER_REVISIONS } from '../../api/resources.ts';
import type { Rollout } from '../../api/rollout.ts';
import { revisionNameOf } from '../../api/update-revision.ts';
import type { Workload } from '../../api/workload.ts';
import type { WorkloadKind } from '../../api/workload-kinds.ts';
import type { Reconcile } from '../../kube/controller.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { isAlreadyExists } from '../../kube/kube-error.ts';
import type { Clock } from '../../runtime/clock.ts';
import { daemonSetStatus } from './daemon-set.ts';
import { countPods, podsToUpdate } from './decide.ts';
import { PodWriter, type Revision } from './pod-writer.ts';
import { controllerRevision, revisionName, templateOf } from './revision.ts';
import type { PodNaming } from './scale.ts';
import { isActive, WORKLOAD_PODS, type WorkloadPod } from './workload-pod.ts';

export interface WorkloadReconcilerDeps {
  readonly client: KubeClient;
  readonly clock: Clock;
}

/** What one reconcile works on. */
interface Turn {
  readonly workload: Workload;
  readonly rollout: Rollout;
  readonly active: readonly WorkloadPod[];
  readonly names: ReadonlySet<string>;
  readonly update: Revision;
  readonly signal: AbortSignal;
}

/** Stands in for OpenKruise's controller of one workload kind: scales, and updates pods in place within partition and maxUnavailable. */
export class WorkloadReconciler {
  readonly #kind: WorkloadKind;
  readonly #naming: PodNaming;
  readonly #deps: WorkloadReconcilerDeps;
  readonly #writer: PodWriter;

  constructor(kind: WorkloadKind, naming: PodNaming, deps: WorkloadReconcilerDeps) {
    this.#kind = kind;
    this.#naming = naming;
    this.#deps = deps;
    this.#writer = new PodWriter(deps);
  }

  readonly reconcile: Reconcile = async (key, signal) => {
    const workload = await this.#deps.client.get(this.#kind.resource, parseObjectKey(key), {
      signal,
    });
    if (workload === undefined || isBeingDeleted(workload)) return undefined;
    const pods = await this.#podsOf(workload, signal);
    const turn = {
      workload,
      rollout: {
        ...this.#kind.rolloutOf(workload),
        replicas: this.#naming.replicas(workload),
      },
      active: this.#naming.updateOrder(pods.filter(isActive)),
      names: new Set(pods.map(pod => pod.metadata.name)),
      update: await this.#ensureRevision(workload, signal),
      signal,
    };
    await this.#scale(turn);
    await this.#update(turn);
    await this.#writeStatus(turn);
    return undefined;
  };

  /** Read from the server: a cache that has not seen the last pod yet would make one too many. */
  async #podsOf(workload: Workload, signal: AbortSignal): Promise<readonly WorkloadPod[]> {
    const { items } = await this.#deps.client.list(WORKLOAD_PODS, {
      ...(workload.metadata.namespace === undefined
        ? {}
        : { namespace: workload.metadata.namespace }),
      labelSelector: labelSelectorToString(workload.spec.selector ?? {}),
      signal,
    });
    return items.filter(pod => controllerOf(pod)?.uid === workload.metadata.uid);
  }

  async #ensureRevision(workload: Workload, signal: AbortSignal): Promise<Revision> {
    const revision = this.#named(workload, revisionName(workload), workload.spec.template ?? {});
    if (this.#kind.statusRevisionOf(workload)?.name === revision.name) return revision;
    try {
      await this.#deps.client.create(
        CONTROLLER_REVISIONS,
        controllerRevision(workload, this.#kind),
        { signal },
      );
    } catch (error) {
      // A template that comes back finds its old revision.
      if (!isAlreadyExists(error)) throw error;
    }
    return revision;
  }

  async #scale({ workload, rollout, active, names, update, signal }: Turn): Promise<void> {
    const { create, remove } = this.#naming.scale(workload, active, names);
    const current = await this.#revision(workload, workload.status?.currentRevision, signal);
    let updated = active.filter(pod => this.#hashOf(pod) === update.hash).length;
    for (const pod of create) {
      const isNew = current === undefined || updated < rollout.replicas - rollout.partition;
      await this.#writer.create(
        workload,
        this.#kind,
        { ...pod, revision: isNew ? update : current },
        signal,
      );
      if (isNew) updated += 1;
    }
    for (const pod of remove) await this.#writer.remove(pod, signal);
  }

  async #update({ workload, rollout, active, update, signal }: Turn): Promise<void> {
    const due = podsToUpdate({
      rollout,
      pods: active,
      updateRevision: update.hash,
      revisionOf: this.#hashOf,
    });
    for (const pod of due) {
      const from = await this.#revision(workload, this.#hashOf(pod), signal);
      const inPlace = rollout.podUpdatePolicy !== 'ReCreate';
      await this.#writer.update(
        pod,
        { from, to: update, inPlace, hashLabel: this.#kind.hashLabel },
        signal,
      );
    }
  }

  async #writeStatus({ workload, rollout, active, update, signal }: Turn): Promise<void> {
    const counts = countPods({
      rollout,
      pods: active,
      updateRevision: update.hash,
      revisionOf: this.#hashOf,
    });
    const isDone =
      counts.updatedReplicas === counts.replicas && counts.replicas === rollout.replicas;
    const before = workload.status?.currentRevision;
    const observedGeneration = workload.metadata.generation ?? 0;
    const status = this.#isDaemonSet
      ? { observedGeneration, ...daemonSetStatus(counts, rollout.replicas, update.hash) }
      : {
          ...counts,
          observedGeneration,
          updateRevision: update.name,
          currentRevision: isDone || before === undefined ? update.name : before,
          labelSelector: labelSelectorToString(workload.spec.selector ?? {}),
        };
    if (JSON.stringify({ ...workload.status, ...status }) === JSON.stringify(workload.status))
      return;
    await this.#deps.client.patch(
      this.#kind.resource,
      workload.metadata,
      { type: 'merge', body: { status } },
      { subresource: 'status', signal },
    );
  }

  async #revision(
    workload: Workload,
    hash: string | undefined,
    signal: AbortSignal,
  ): Promise<Revision | undefined> {
    if (hash === undefined) return undefined;
    const name = revisionNameOf(workload, hash);
    const { namespace } = workload.metadata;
    const found = await this.#deps.client.get(
      CONTROLLER_REVISIONS,
      { name, ...(namespace === undefined ? {} : { namespace }) },
      { signal },
    );
    return found && this.#named(workload, name, templateOf(found));
  }

  /** Pods of a DaemonSet carry the hash alone. */
  #named(workload: Workload, name: string, template: PodTemplate): Revision {
    const hash = this.#isDaemonSet ? name.slice(workload.metadata.name.length + 1) : name;
    return { name, hash, template };
  }

  get #isDaemonSet(): boolean {
    return this.#kind.kind === 'DaemonSet';
  }

  readonly #hashOf = (pod: WorkloadPod): string | undefined =>
    pod.metadata.labels?.[this.#kind.hashLabel];
}
