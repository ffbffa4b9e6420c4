import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { parallelLimit } from '../../api/parallelism.ts';
import { availabilityOf } from '../image-pull-job/availability.ts';
import { selectionOf } from '../image-pull-job/selection.ts';
import type { Informers } from '../informers.ts';

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
    ...unavailable(targets, informers),
    ...(parallelLimit(job.spec.parallelism, targets.length) === 0 && targets.length > 0
      ? ['parallelism is 0: the job is paused until it is raised']
      : []),
  ];
}

function missing(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  return [
    `${names.length} of the named nodes do not exist: ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}`,
  ];
}

function unavailable(targets: readonly string[], informers: Informers): string[] {
  const reasons = targets.flatMap(name => {
    const availability = availabilityOf(informers.nodes.get(name));
    return availability.available ? [] : [`${name} ${availability.why}`];
  });
  if (reasons.length === 0) return [];
  return [
    `${reasons.length} of ${targets.length} nodes cannot pull now and wait: ${reasons[0] ?? ''}`,
  ];
}
