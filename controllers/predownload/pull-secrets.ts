import { SERVICE_ACCOUNTS } from '../../api/resources.ts';
import type { Workload } from '../../api/workload.ts';
import type { KubeClient } from '../../kube/kube-client.ts';

/**
 * Names of the pull secrets the workload's pods will have: those of its template and, as the ServiceAccount admission plugin
 * adds them only when the template has none, else those of its ServiceAccount. Both are given (W50): a job
 * tries every credential that matches.
 */
export async function pullSecretNames(
  client: KubeClient,
  workload: Workload,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const spec = workload.spec.template?.spec;
  const name = spec?.serviceAccountName ?? 'default';
  const namespace = workload.metadata.namespace ?? '';
  const account = await client.get(SERVICE_ACCOUNTS, { namespace, name }, { signal });
  const references = [...(spec?.imagePullSecrets ?? []), ...(account?.imagePullSecrets ?? [])];
  return [...new Set(references.flatMap(({ name }) => name || []))];
}
