import { pullReference } from '../api/image-reference.ts';
import type { KubeObject, ObjectReference } from '../api/meta.ts';
import type { NodeImage } from '../api/node-image.ts';
import type { EventRecorder } from '../kube/event-recorder.ts';
import type { FinalOutcome } from './pull-task.ts';
import { cutMessage } from './redact.ts';
import type { WantedPull } from './wanted-pulls.ts';

/** A pull that ended, for the people who look at the NodeImage or the job. */
export interface EndedPull {
  readonly pull: WantedPull;
  readonly outcome: FinalOutcome;
  /** From the start of the first attempt; 0 when it needed none. */
  readonly elapsedMs: number;
  /** Of the image as it is sent, where the runtime told. */
  readonly sizeBytes?: number;
}

/**
 * A pull that ends within this time makes one write, that of its end. The status tells all that an Event would, and a job over
 * thousands of nodes would write as many of them.
 */
export const SHORT_PULL_MS = 3_000;

/** Writes the peer's events: success on the NodeImage if that took a while; failure also on the jobs that wanted it. */
export function recordPullEvents(
  events: EventRecorder,
  nodeImage: NodeImage,
  { pull, outcome, elapsedMs }: EndedPull,
): void {
  const image = `Image ${pullReference(pull.name, pull.tag)}`;
  switch (outcome.kind) {
    case 'present':
      return;
    case 'pulled': {
      if (elapsedMs <= SHORT_PULL_MS) return;
      const message = `${image}, elapsedTime ${(elapsedMs / 1000).toFixed(3)}s`;
      return events.event(nodeImage, { type: 'Normal', reason: 'PullImageSucceed', message });
    }
    case 'failed': {
      const message = cutMessage(`${image} ${outcome.message}`);
      const event = { type: 'Warning', reason: 'PullImageFailed', message } as const;
      for (const owner of ownersOf(pull)) events.event(owner, event);
      return events.event(nodeImage, event);
    }
  }
}

function ownersOf({ spec }: WantedPull): KubeObject[] {
  return (spec.ownerReferences ?? []).filter(owner => owner.name !== undefined).map(objectOf);
}

function objectOf({ apiVersion, kind, namespace, name = '', uid }: ObjectReference): KubeObject {
  return {
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(kind === undefined ? {} : { kind }),
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
    },
  };
}
