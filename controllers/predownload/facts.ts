import { type InPlaceVerdict, inPlacePossible } from '../../api/in-place.ts';
import type { PredownloadFacts } from '../../api/predownload-preconditions.ts';
import type { PredownloadSettings } from '../../api/predownload-settings.ts';
import type { UpdateRevision } from '../../api/update-revision.ts';
import type { Workload } from '../../api/workload.ts';
import type { WorkloadKind } from '../../api/workload-kinds.ts';
import type { Observation } from './observe.ts';

/** What the preconditions are judged by. */
export interface FactSources {
  readonly workload: Workload;
  readonly kind: WorkloadKind;
  /** Undefined until it has a name. */
  readonly revision: UpdateRevision | undefined;
  readonly settings: PredownloadSettings;
  readonly observation: Observation;
  /** The feature gate. */
  readonly enabled: boolean;
}

/** Gathers the facts of one workload. */
export function predownloadFacts(sources: FactSources): PredownloadFacts {
  const { workload, kind, revision, settings, observation } = sources;
  return {
    gateOn: sources.enabled,
    mode: settings.mode,
    imageChanged: observation.changedImages.length > 0,
    rollout: kind.rolloutOf(workload),
    inPlace: inPlaceVerdict(workload, observation),
    // Until the revision has a name a counter still belongs to the one before.
    updatedReadyPods:
      revision === undefined
        ? 0
        : (workload.status?.updatedReadyReplicas ?? observation.updatedReadyPods),
    minUpdatedReadyPods: settings.minUpdatedReadyPods,
  };
}

/** The first old template that does not allow an update in place; a template that is not known is no obstacle. */
function inPlaceVerdict(workload: Workload, { oldTemplates }: Observation): InPlaceVerdict {
  for (const template of oldTemplates) {
    const verdict = inPlacePossible(template, workload.spec.template);
    if (!verdict.possible) return verdict;
  }
  return { possible: true };
}
