import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { parallelLimit } from '../../api/parallelism.ts';
import { selectionOf } from '../image-pull-job/selection.ts';
import type { Informers } from '../informers.ts';
import { some, waitingNodes } from './node-advice.ts';
import { unusableSecrets } from './secret-advice.ts';

/** What is unusual about the targets of a job: nothing for a job that will simply run. */
export function jobAdvice(job: ImagePullJob, informers: Informers): string[] {
  const names = [...new Set(selectionOf(job, informers).candidates())];
  const exists = (name: string): boolean => informers.nodeImages.get(name) !== undefined;
  const targets = names.filter(exists);
  // Pods may also run on virtual nodes, which have no NodeImage and are never targets.
  const isByName = job.spec.podSelector === undefined && job.spec.selector?.names !== undefined;
  return [
    ...missing(isByName ? names.filter(name => !exists(name)) : []),
    ...(targets.length === 0
      ? ['the job matches no node now and would end as Failed (NoMatchingNodes)']
      : []),
    ...waitingNodes(targets, informers),
    ...unusableSecrets(job, informers),
    ...(parallelLimit(job.spec.parallelism, targets.length) === 0 && targets.length > 0
      ? ['parallelism is 0: the job is paused until it is raised']
      : []),
  ];
}

function missing(names: readonly string[]): string[] {
  return names.length === 0
    ? []
    : [`${names.length} of the named nodes do not exist: ${some(names)}`];
}
