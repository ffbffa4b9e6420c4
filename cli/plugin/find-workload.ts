import type { Workload } from '../../api/workload.ts';
import { WORKLOAD_KINDS, type WorkloadKind } from '../../api/workload-kinds.ts';
import type { KubeClient } from '../../kube/kube-client.ts';
import type { KubeError } from '../../kube/kube-error.ts';
import { HeadstartError } from '../../runtime/errors.ts';
import { isForbidden } from './readable.ts';
import type { Session } from './session.ts';

/** A workload and the row of its kind. */
export interface FoundWorkload {
  readonly kind: WorkloadKind;
  readonly workload: Workload;
}

/** What people type beside kind and plural: the short names of Kubernetes and of OpenKruise. */
const SHORT_NAMES: readonly {
  readonly short: string;
  readonly kind: string;
  readonly group: string;
}[] = [
  { short: 'clone', kind: 'CloneSet', group: 'apps.kruise.io' },
  { short: 'asts', kind: 'StatefulSet', group: 'apps.kruise.io' },
  { short: 'ads', kind: 'DaemonSet', group: 'apps.kruise.io' },
  { short: 'deploy', kind: 'Deployment', group: 'apps' },
  { short: 'sts', kind: 'StatefulSet', group: 'apps' },
  { short: 'ds', kind: 'DaemonSet', group: 'apps' },
];

/** The kinds that `text` may mean: `cloneset`, `clonesets.apps.kruise.io`, `sts`. OpenKruise's come first. */
export function kindsNamed(text: string): readonly WorkloadKind[] {
  const [word = '', ...rest] = text.toLowerCase().split('.');
  const group = rest.join('.');
  return WORKLOAD_KINDS.filter(({ kind, resource }) => {
    const isShort = SHORT_NAMES.some(
      row => row.short === word && row.kind === kind && row.group === resource.group,
    );
    const isNamed = word === kind.toLowerCase() || word === resource.plural || isShort;
    return isNamed && (group === '' || group === resource.group);
  });
}

/** Finds `kind/name`, in whichever version the cluster serves. */
export async function findWorkload(text: string, session: Session): Promise<FoundWorkload> {
  const { kinds, name } = parse(text);
  let refusal: KubeError | undefined;
  for (const kind of kinds) {
    try {
      const workload = await getWorkload(kind, { name, namespace: session.namespace }, session);
      if (workload !== undefined) return { kind, workload };
    } catch (error) {
      if (!isForbidden(error)) throw error;
      refusal ??= error;
    }
  }
  if (refusal !== undefined) throw refusal;
  const [{ resource }] = kinds;
  const plural = `${resource.plural}.${resource.group}`;
  throw new HeadstartError(
    'TERMINAL',
    `${plural} "${name}" not found in namespace ${session.namespace}; choose another with -n`,
  );
}

/** One workload, or undefined when neither it nor its kind exists. */
export async function getWorkload(
  kind: WorkloadKind,
  target: { readonly name: string; readonly namespace: string },
  { client, signal }: { readonly client: KubeClient; readonly signal: AbortSignal },
): Promise<Workload | undefined> {
  for (const version of kind.versions) {
    const workload = await client.get({ ...kind.resource, version }, target, { signal });
    if (workload !== undefined) return workload;
  }
  return undefined;
}

function parse(text: string): {
  readonly kinds: readonly [WorkloadKind, ...WorkloadKind[]];
  readonly name: string;
} {
  const [word = '', name = '', ...rest] = text.split('/');
  const [first, ...others] = kindsNamed(word);
  if (first !== undefined && name !== '' && rest.length === 0) {
    return { kinds: [first, ...others], name };
  }
  const known = 'cloneset, statefulset, daemonset or deployment';
  throw new HeadstartError(
    'CONFIG_INVALID',
    first === undefined && name !== ''
      ? `'${word}' is no kind of workload that is warmed: write ${known}`
      : `'${text}' is no workload: write kind/name, with ${known}`,
  );
}
