import type { Pod } from '../../api/core.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { matchesSelector } from '../../api/label-selector.ts';
import { keyOf, type ObjectKey } from '../../api/meta.ts';
import type { NodeImage } from '../../api/node-image.ts';
import type { Controller } from '../../kube/controller.ts';
import { createController } from '../../kube/create-controller.ts';
import type { Change } from '../../kube/informer.ts';
import type { ControllerDeps } from '../deps.ts';
import {
  INDEX_NODE,
  INDEX_OPEN,
  INDEX_UID,
  OPEN_FOR_NODES,
  openForPodsOf,
  tagOwnerUids,
} from '../informers.ts';
import { isOpen } from '../job-life.ts';
import type { KnownNodeImages } from '../node-image-writer/known-node-images.ts';
import type { NodeImageWriter } from '../node-image-writer/writer.ts';
import { BudgetEvents } from '../registry-budget/budget-events.ts';
import { RegistryBudget } from '../registry-budget/registry-budget.ts';
import { JobAdvance } from './advance.ts';
import { JobEnd } from './job-end.ts';
import { JobMetrics } from './job-metrics.ts';
import { JobReport } from './job-report.ts';
import { JobViews } from './job-views.ts';
import { changedNode, changedNodeImage, changedPod, type PodChange } from './noteworthy.ts';
import { PullSecrets } from './pull-secrets.ts';
import { ImagePullJobReconciler } from './reconciler.ts';

export interface ImagePullJobControllerOptions {
  /** Jobs looked at at once. */
  readonly workers: number;
  /** Off: jobs are not worked on, but those that are deleted can go (W21). */
  readonly enabled: boolean;
  /** Pulls at once from any registry; 0: no ceiling. */
  readonly maxPullsPerRegistry: number;
  /** The manager's. */
  readonly namespace: string;
}

export interface ImagePullJobControllerDeps extends ControllerDeps {
  readonly known: KnownNodeImages;
  readonly writer: NodeImageWriter;
}

/** Watches jobs and everything that may move one, and names the jobs to look at. */
export function setupImagePullJobController(
  options: ImagePullJobControllerOptions,
  deps: ImagePullJobControllerDeps,
): Controller {
  const { informers, known } = deps;
  const { imagePullJobs: jobs, nodes, pods, workloads } = informers;
  const views = new JobViews({ nodeImages: known, nodes, pods, workloads });
  const metrics = new JobMetrics(deps.metrics);
  const secrets = new PullSecrets(deps);
  const wake = (key: ObjectKey): void => controller.enqueue(key);
  const budget = new RegistryBudget(options, {
    ...deps,
    wake,
    configMaps: informers.registryBudget,
    budgetEvents: new BudgetEvents(options, deps),
  });
  const advance = new JobAdvance({ ...deps, budget, wake });
  const reconciler = new ImagePullJobReconciler(options, {
    ...deps,
    jobs,
    views,
    metrics,
    secrets,
    advance,
    budget,
    end: new JobEnd({ ...deps, secrets }),
    report: new JobReport({ ...deps, jobs, views, metrics, budget }),
  });
  const controller: Controller = createController(
    { name: 'image-pull-job', workers: options.workers },
    { ...deps, reconcile: (key, signal) => reconciler.reconcile(key, signal) },
  );
  const waker = new JobWaker(deps, views, controller);
  jobs.onChange(({ object }) => controller.enqueue(keyOf(object)));
  informers.nodeImages.onChange(change => waker.forNodeImage(change));
  // Of a NodeImage that came and went while its watch was away only our own writes told.
  known.onChange(name => {
    if (known.get(name) === undefined) waker.forNode(name);
  });
  nodes.onChange(change => {
    if (changedNode(change)) waker.forNode(change.object.metadata.name);
  });
  pods.onChange(change => waker.forPod(change));
  return {
    name: controller.name,
    enqueue: (key, delayMs) => controller.enqueue(key, delayMs),
    run: async signal => {
      try {
        // With half-filled caches a job would seem to match nothing.
        await informers.synced(signal);
        await known.catchUp(signal);
      } catch {
        return; // Only the signal ends it.
      }
      views.closeAll();
      budget.lead(signal);
      await controller.run(signal);
      await advance.idle();
    },
  };
}

/** Finds the jobs that a change concerns, through indexes, and notes the node in their views. */
class JobWaker {
  readonly #deps: ControllerDeps;
  readonly #views: JobViews;
  readonly #controller: Controller;

  constructor(deps: ControllerDeps, views: JobViews, controller: Controller) {
    this.#deps = deps;
    this.#views = views;
    this.#controller = controller;
  }

  /** Owners of its tags, also of those that have just gone; when it is new or another one, all jobs that may choose it. */
  forNodeImage(change: Change<NodeImage>): void {
    const { object, previous } = change;
    const { name } = object.metadata;
    const uids = new Set(tagOwnerUids(object));
    if (previous !== undefined) for (const uid of tagOwnerUids(previous)) uids.add(uid);
    for (const uid of uids) {
      for (const job of this.#deps.informers.imagePullJobs.byIndex(INDEX_UID, uid)) {
        if (isOpen(job)) this.#wake(job, name);
      }
    }
    if (changedNodeImage(change)) this.forNode(name);
  }

  /** All open jobs that have the node as a target or may choose it. */
  forNode(name: string): void {
    for (const job of this.#jobsThatMayChoose(name)) {
      const view = this.#views.get(keyOf(job))?.view;
      if (view === undefined || view.concerns(name)) this.#wake(job, name);
    }
  }

  /** Open jobs that choose the pod, or did. */
  forPod(change: Change<Pod>): void {
    const pod = changedPod(change);
    if (pod === undefined) return;
    for (const job of this.#openJobs(openForPodsOf(pod.namespace))) {
      const { podSelector } = job.spec;
      if (podSelector === undefined) continue;
      if (!pod.labels.some(labels => matchesSelector(podSelector, labels))) continue;
      this.#views.get(keyOf(job))?.view.markOrder();
      if (pod.moved) this.#wakeForPod(job, pod);
    }
  }

  #wakeForPod(job: ImagePullJob, { nodes }: PodChange): void {
    for (const name of nodes) this.#wake(job, name);
  }

  #wake(job: ImagePullJob, name: string): void {
    this.#views.get(keyOf(job))?.view.mark(name);
    this.#controller.enqueue(keyOf(job));
  }

  #openJobs(value: string): readonly ImagePullJob[] {
    return this.#deps.informers.imagePullJobs.byIndex(INDEX_OPEN, value);
  }

  *#jobsThatMayChoose(name: string): Iterable<ImagePullJob> {
    yield* this.#openJobs(OPEN_FOR_NODES);
    const namespaces = new Set<string>();
    for (const { metadata } of this.#deps.informers.pods.byIndex(INDEX_NODE, name)) {
      if (metadata.namespace !== undefined) namespaces.add(metadata.namespace);
    }
    for (const namespace of namespaces) yield* this.#openJobs(openForPodsOf(namespace));
  }
}
