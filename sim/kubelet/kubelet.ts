import type { Pod } from '../../api/core.ts';
import { isBeingDeleted, keyOf } from '../../api/meta.ts';
import { PODS } from '../../api/resources.ts';
import type { EventRecorder } from '../../kube/event-recorder.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import { type Clock, timestamp } from '../../runtime/clock.ts';
import { podStatus, type RunningContainer } from './pod-status.ts';

/** The images of one node. */
export interface NodeImages {
  /** The id of an image that is there, else undefined. */
  find(image: string, signal: AbortSignal): Promise<string | undefined>;
  /** Pulls an image and returns its id. */
  pull(image: string, signal: AbortSignal): Promise<string>;
}

export interface KubeletOptions {
  /** How long a container takes to stop and start once its image is there. */
  readonly restartMs: number;
}

interface KubeletDeps {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly events: EventRecorder;
  readonly images: NodeImages;
}

/** Stands in for a kubelet: brings the containers of its node's pods to what their specs say, pulling what is missing first. */
export class Kubelet {
  readonly #options: KubeletOptions;
  readonly #deps: KubeletDeps;
  readonly #running = new Map<string, readonly RunningContainer[]>();

  constructor(options: KubeletOptions, deps: KubeletDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** Brings one pod to what it should be; `undefined` means that it is gone. */
  async sync(key: string, pod: Pod | undefined, signal: AbortSignal): Promise<void> {
    if (pod === undefined || isBeingDeleted(pod)) {
      this.#running.delete(key);
      if (pod !== undefined) {
        await this.#deps.client.delete(PODS, pod.metadata, { signal, gracePeriodSeconds: 0 });
      }
      return;
    }
    for (const { name, image } of pod.spec?.containers ?? []) {
      if (image !== undefined) await this.#ensureContainer(pod, { name, image }, signal);
    }
  }

  async #ensureContainer(
    pod: Pod,
    { name, image }: { readonly name: string; readonly image: string },
    signal: AbortSignal,
  ): Promise<void> {
    const running = this.#running.get(keyOf(pod)) ?? [];
    const present = running.find(container => container.name === name);
    if (present?.image === image) return;
    const others = running.filter(container => container !== present);
    if (present !== undefined) await this.#report(pod, others, signal);
    const imageID = await this.#ensureImage(pod, image, signal);
    await this.#deps.clock.sleep(this.#options.restartMs, signal);
    const restartCount = (present?.restartCount ?? -1) + 1;
    await this.#report(pod, [...others, { name, image, imageID, restartCount }], signal);
  }

  async #ensureImage(pod: Pod, image: string, signal: AbortSignal): Promise<string> {
    const { images, events, clock } = this.#deps;
    const found = await images.find(image, signal);
    if (found !== undefined) {
      const message = `Container image "${image}" already present on machine`;
      events.event(pod, { type: 'Normal', reason: 'Pulled', message });
      return found;
    }
    events.event(pod, { type: 'Normal', reason: 'Pulling', message: `Pulling image "${image}"` });
    const start = clock.monotonicMs();
    const id = await images.pull(image, signal);
    const seconds = ((clock.monotonicMs() - start) / 1000).toFixed(3);
    events.event(pod, {
      type: 'Normal',
      reason: 'Pulled',
      message: `Successfully pulled image "${image}" in ${seconds}s`,
    });
    return id;
  }

  async #report(
    pod: Pod,
    running: readonly RunningContainer[],
    signal: AbortSignal,
  ): Promise<void> {
    this.#running.set(keyOf(pod), running);
    const status = podStatus(pod, running, timestamp(this.#deps.clock));
    await this.#deps.client.patch(
      PODS,
      pod.metadata,
      { type: 'merge', body: { status } },
      { subresource: 'status', signal },
    );
  }
}
