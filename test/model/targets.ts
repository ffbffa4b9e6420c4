import type { Node, Pod } from '../../api/core.ts';
import type { ImagePullJob } from '../../api/image-pull-job.ts';
import { matchesSelector } from '../../api/label-selector.ts';
import type { IntOrString } from '../../api/meta.ts';
import type { Truth } from './truth.ts';

/** Ten minutes: who is silent or unavailable for so long has failed (behaviour 8). */
export const PATIENCE_MS = 600_000;

/** Whether a daemon can be on the node (behaviour 8, "Unavailable targets"). */
export function hasDaemon(node: Node | undefined): boolean {
  if (node === undefined || node.metadata.deletionTimestamp !== undefined) return false;
  return node.metadata.labels?.['type'] !== 'virtual-kubelet';
}

/** Since when the node cannot pull; undefined when it can. */
export function unavailableSince(node: Node | undefined): number | undefined {
  if (node === undefined) return 0;
  const [ready, pressure] = ['Ready', 'DiskPressure'].map(type =>
    node.status?.conditions?.find(condition => condition.type === type),
  );
  const since = (time: string | undefined): number => Date.parse(time ?? '') || 0;
  if (ready?.status !== 'True') return since(ready?.lastTransitionTime);
  return pressure?.status === 'True' ? since(pressure.lastTransitionTime) : undefined;
}

const holdsNode = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined &&
  status?.phase !== 'Succeeded' &&
  status?.phase !== 'Failed';

/** Names of the nodes that the job wants its image on, with those that are missing. */
export function targetsOf(job: ImagePullJob, truth: Truth): ReadonlySet<string> {
  const { selector, podSelector } = job.spec;
  const there = [...truth.nodeImages.values()].filter(
    ({ metadata }) => metadata.deletionTimestamp === undefined,
  );
  if (podSelector !== undefined) {
    const pods = [...truth.pods.values()].filter(
      pod => holdsNode(pod) && matchesSelector(podSelector, pod.metadata.labels),
    );
    const nodes = new Set(pods.map(({ spec }) => spec?.nodeName));
    const names = there.map(({ metadata }) => metadata.name);
    return new Set(names.filter(name => nodes.has(name)));
  }
  if (selector?.names !== undefined) return new Set(selector.names);
  const chosen = there.filter(({ metadata }) => matchesSelector(selector ?? {}, metadata.labels));
  return new Set(chosen.map(({ metadata }) => metadata.name));
}

/** Nodes that may pull at once, of `targets` (behaviour 2 and 8). */
export function limitOf(parallelism: IntOrString | undefined, targets: number): number {
  if (parallelism === undefined) return 1;
  const number = Number.parseInt(String(parallelism), 10);
  if (!String(parallelism).endsWith('%')) return number;
  return number === 0 ? 0 : Math.max(1, Math.ceil((targets * number) / 100));
}
