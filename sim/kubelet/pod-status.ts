import type { Pod } from '../../api/core.ts';

/** A container as the kubelet stand-in runs it. */
export interface RunningContainer {
  readonly name: string;
  readonly image: string;
  readonly imageID: string;
  readonly restartCount: number;
}

/** The status of a pod whose containers run, or of one that is on its way there. */
export function podStatus(pod: Pod, running: readonly RunningContainer[], now: string) {
  const wanted = pod.spec?.containers ?? [];
  const isReady = wanted.every(({ name, image }) =>
    running.some(container => container.name === name && container.image === image),
  );
  const before = pod.status?.conditions?.find(({ type }) => type === 'Ready');
  const status = isReady ? 'True' : 'False';
  const lastTransitionTime = before?.status === status ? before.lastTransitionTime : now;
  return {
    phase: running.length > 0 || pod.status?.phase === 'Running' ? 'Running' : 'Pending',
    conditions: [{ type: 'Ready', status, lastTransitionTime }],
    containerStatuses: running.map(container => ({
      ...container,
      ready: isReady,
      started: isReady,
      state: isReady
        ? { running: { startedAt: now } }
        : { waiting: { reason: 'ContainerCreating' } },
    })),
  };
}
