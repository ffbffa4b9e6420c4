import { PREDOWNLOAD_REPLICAS_ABOVE } from './defaults.ts';
import type { InPlaceVerdict } from './in-place.ts';
import { resolveIntOrPercent } from './int-or-percent.ts';
import type { IntOrString } from './meta.ts';
import { ANNOTATION_PREDOWNLOAD } from './names.ts';
import type { PredownloadMode } from './predownload-settings.ts';
import type { Rollout } from './rollout.ts';

/** Everything the decision needs, gathered once. */
export interface PredownloadFacts {
  /** The feature gate of the kind. */
  readonly gateOn: boolean;
  readonly mode: PredownloadMode;
  /** Whether the update brings an image that some running pod does not run. */
  readonly imageChanged: boolean;
  readonly rollout: Rollout;
  /** Whether the difference between the old and the new pod template allows an update in place. */
  readonly inPlace: InPlaceVerdict;
  /** Pods of the update revision that are ready. */
  readonly updatedReadyPods: number;
  /** How many of them there must be first: a number, or a percentage of the replicas, rounded up. */
  readonly minUpdatedReadyPods: IntOrString;
}

/** Why nothing is warmed. */
export type SkipReason =
  | 'GateOff'
  | 'PredownloadNever'
  | 'ImageUnchanged'
  | 'TooFewReplicas'
  | 'NotInPlace'
  | 'InPlaceImpossible'
  | 'SingleBatch'
  | 'TooFewUpdatedReadyPods';

/** The first precondition that does not hold. */
export interface Skip {
  readonly reason: SkipReason;
  /** A sentence for the people of the workload. */
  readonly message: string;
  /** Whether it deserves an Event; the others are the normal state of a workload and only count in a metric. */
  readonly event: boolean;
}

interface Precondition {
  readonly reason: SkipReason;
  readonly event: boolean;
  /** `headstart/predownload: always` does not ask for it. */
  readonly waivedByAlways: boolean;
  readonly fails: (facts: PredownloadFacts) => boolean;
  readonly message: (facts: PredownloadFacts) => string;
}

const HINT = `set ${ANNOTATION_PREDOWNLOAD}: always to warm the image all the same`;

/** Behaviour 1.3, a to g, in this order. */
const PRECONDITIONS: readonly Precondition[] = [
  {
    reason: 'GateOff',
    event: false,
    waivedByAlways: false,
    fails: facts => !facts.gateOn,
    message: () => 'the feature gate of predownloading is off',
  },
  {
    reason: 'PredownloadNever',
    event: false,
    waivedByAlways: false,
    fails: facts => facts.mode === 'never',
    message: () => `${ANNOTATION_PREDOWNLOAD} is never`,
  },
  {
    reason: 'ImageUnchanged',
    event: false,
    waivedByAlways: false,
    fails: facts => !facts.imageChanged,
    message: () => 'every running pod has the image already',
  },
  {
    reason: 'TooFewReplicas',
    event: true,
    waivedByAlways: true,
    fails: facts => facts.rollout.replicas <= PREDOWNLOAD_REPLICAS_ABOVE,
    message: ({ rollout }) =>
      `the workload has ${rollout.replicas} replicas and more than ${PREDOWNLOAD_REPLICAS_ABOVE} are needed; ${HINT}`,
  },
  {
    reason: 'NotInPlace',
    event: true,
    waivedByAlways: true,
    fails: ({ rollout }) =>
      rollout.onDelete || (rollout.podUpdatePolicy === 'ReCreate' && !rollout.keepsNodes),
    message: ({ rollout }) =>
      `the update strategy is ${rollout.onDelete ? 'OnDelete' : rollout.podUpdatePolicy}, not in place; ${HINT}`,
  },
  {
    reason: 'InPlaceImpossible',
    event: true,
    waivedByAlways: true,
    fails: ({ inPlace, rollout }) => !inPlace.possible && !rollout.keepsNodes,
    message: ({ inPlace }) =>
      `no update in place is possible: ${inPlace.possible ? 'the template' : inPlace.path} differs; ${HINT}`,
  },
  {
    reason: 'SingleBatch',
    event: true,
    waivedByAlways: true,
    fails: ({ rollout }) => rollout.partition === 0 && rollout.maxUnavailable >= rollout.replicas,
    message: () => `all pods are updated in one batch, so no time is left to warm; ${HINT}`,
  },
  {
    reason: 'TooFewUpdatedReadyPods',
    event: true,
    waivedByAlways: false,
    fails: facts => facts.updatedReadyPods < requiredReadyPods(facts),
    message: facts =>
      `${facts.updatedReadyPods} updated pods are ready and ${requiredReadyPods(facts)} are required before warming starts`,
  },
];

/** The first reason not to warm, or undefined when the images should be warmed. Never final: ask again while the rollout lasts (W9). */
export function whyNotPredownload(facts: PredownloadFacts): Skip | undefined {
  const always = facts.mode === 'always';
  const failed = PRECONDITIONS.find(
    ({ waivedByAlways, fails }) => !(always && waivedByAlways) && fails(facts),
  );
  if (failed === undefined) return undefined;
  return { reason: failed.reason, message: failed.message(facts), event: failed.event };
}

function requiredReadyPods({ minUpdatedReadyPods, rollout }: PredownloadFacts): number {
  return resolveIntOrPercent(minUpdatedReadyPods, rollout.replicas, 'up');
}
