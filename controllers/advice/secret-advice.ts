import { findCondition } from '../../api/conditions.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { INDEX_NAMESPACE, type Informers } from '../informers.ts';

/** Pull secrets that another job of the namespace cannot use now. No cache holds Secrets, so nothing is known of the others. */
export function unusableSecrets(job: ImagePullJob, informers: Informers): string[] {
  const { namespace = '', name } = job.metadata;
  const names = job.spec.pullSecrets ?? [];
  if (names.length === 0) return [];
  const others = informers.imagePullJobs.byIndex(INDEX_NAMESPACE, namespace);
  return names.flatMap(secret => {
    const witness = others.find(
      other =>
        other.metadata.name !== name && saysOf(other).includes(`secret ${namespace}/${secret} `),
    );
    return witness === undefined
      ? []
      : [`pull secret ${secret} cannot be used now, says job ${witness.metadata.name}`];
  });
}

/** Why it cannot use its pull secrets; '' when it can, or is not looking any more. */
function saysOf({ status }: ImagePullJob): string {
  const condition = findCondition(status?.conditions, 'PullSecretsReady');
  return condition?.status === 'False' && status?.completionTime === undefined
    ? condition.message
    : '';
}
