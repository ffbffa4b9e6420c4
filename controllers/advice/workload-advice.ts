import type { WorkloadChange } from '../../api/advice.ts';
import { inPlacePossible } from '../../api/in-place.ts';
import { parallelLimit } from '../../api/parallelism.ts';
import { type Skip, whyNotPredownload } from '../../api/predownload-preconditions.ts';
import { type PredownloadSettings, predownloadSettings } from '../../api/predownload-settings.ts';
import type { Workload } from '../../api/workload.ts';
import { type PredownloadGate, type WorkloadKind, workloadKind } from '../../api/workload-kinds.ts';
import { isActivePod } from '../image-pull-job/selection.ts';
import type { Informers } from '../informers.ts';
import { podsOf } from '../predownload/workload-pods.ts';
import { waitingNodes } from './node-advice.ts';

/** A reference longer than this is shown from its end, where the tag is. */
const MAX_IMAGE_LENGTH = 40;

/** What an image change will warm and which nodes cannot pull now, or in one line why it will warm nothing. */
export function workloadAdvice(
  change: WorkloadChange,
  informers: Informers,
  gates: Readonly<Record<PredownloadGate, boolean>>,
): string[] {
  const kind = workloadKind(change);
  if (kind === undefined || change.images.length === 0) return [];
  const settings = predownloadSettings(change.new);
  const skip = whyNot(change, kind, settings, gates[kind.gate]);
  if (skip !== undefined) return [skipLine(skip)];
  const names = nodesOf(change.old, kind, informers);
  const nodes = names.length;
  const limit = Math.min(parallelLimit(settings.parallelism, nodes), nodes);
  const images =
    change.images.length === 1 ? shown(change.images[0] ?? '') : `${change.images.length} images`;
  if (limit === 0 && nodes > 0)
    return [`predownload of ${images} on ${count(nodes, 'node')} is paused: its parallelism is 0`];
  return [
    `predownloads ${images} on ${count(nodes, 'node')}, ${limit} at a time`,
    // Pods may also run on virtual nodes, which have no NodeImage and are never targets.
    ...waitingNodes(
      names.filter(name => informers.nodeImages.get(name) !== undefined),
      informers,
    ),
  ];
}

function skipLine({ reason, message }: Skip): string {
  const clause = message.split(';', 1)[0] ?? message;
  if (reason === 'TooFewUpdatedReadyPods') return `predownload waits: ${clause}`;
  return `nothing is predownloaded, ${reason}: ${clause}`;
}

function whyNot(
  change: WorkloadChange,
  kind: WorkloadKind,
  settings: PredownloadSettings,
  gateOn: boolean,
): Skip | undefined {
  return whyNotPredownload({
    gateOn,
    mode: settings.mode,
    imageChanged: true,
    rollout: kind.rolloutOf(change.new),
    inPlace: inPlacePossible(change.old.spec.template, change.new.spec.template),
    // No pod has the template that is only being written.
    updatedReadyPods: 0,
    minUpdatedReadyPods: settings.minUpdatedReadyPods,
  });
}

function nodesOf(workload: Workload, kind: WorkloadKind, informers: Informers): string[] {
  const pods = podsOf(workload, kind, informers.pods);
  return [...new Set(pods.filter(isActivePod).flatMap(pod => pod.spec?.nodeName ?? []))];
}

function shown(image: string): string {
  return image.length <= MAX_IMAGE_LENGTH ? image : `…${image.slice(-MAX_IMAGE_LENGTH)}`;
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
