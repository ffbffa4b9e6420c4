import { duration } from '../../api/age.ts';
import type { IntOrString } from '../../api/meta.ts';
import { parallelLimit } from '../../api/parallelism.ts';
import { counted } from './text-table.ts';
import { repositoryOf, type WarmImage } from './warm-images.ts';

/** What would become of one object of a file. */
export interface PlannedObject {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly action: 'created' | 'changed' | 'denied' | 'ignored';
  /** What the API server and the webhooks warn of. */
  readonly warnings: readonly string[];
  /** Why it would be denied, or is ignored. */
  readonly message?: string;
  /** Absent when nothing would be pulled. */
  readonly pulls?: PlannedPulls;
  /** Why nothing would be pulled. */
  readonly skip?: { readonly reason: string; readonly message: string };
}

/** What would be pulled, where, and for how long. */
export interface PlannedPulls {
  readonly images: readonly string[];
  /** Undefined when the user may not read what tells. */
  readonly nodes?: number;
  /** Nodes at once; 0 is paused. */
  readonly atOnce?: number;
  readonly estimate?: Estimate;
}

/** From earlier pulls of the same repository. */
export interface Estimate {
  readonly seconds: number;
  readonly rounds: number;
  readonly secondsPerPull: number;
}

/** What `images` on `nodes` nodes would mean. */
export function plannedPulls(
  images: readonly string[],
  parallelism: IntOrString | undefined,
  nodes: number | undefined,
  known: readonly WarmImage[],
): PlannedPulls {
  if (nodes === undefined) return { images };
  const atOnce = Math.min(nodes, parallelLimit(parallelism, nodes));
  const estimate = estimateOf(images, { nodes, atOnce }, known);
  return { images, nodes, atOnce, ...(estimate === undefined ? {} : { estimate }) };
}

/** Jobs of several images run side by side: the slowest counts. Undefined when one of them was never pulled. */
function estimateOf(
  images: readonly string[],
  { nodes, atOnce }: { readonly nodes: number; readonly atOnce: number },
  known: readonly WarmImage[],
): Estimate | undefined {
  if (atOnce === 0) return undefined;
  const times = images.map(image => medianSeconds(repositoryOf(image), known));
  const all = times.filter(time => time !== undefined);
  if (all.length < images.length || all.length === 0) return undefined;
  const secondsPerPull = Math.max(...all);
  const rounds = Math.ceil(nodes / atOnce);
  return { seconds: rounds * secondsPerPull, rounds, secondsPerPull };
}

/** How long a pull of that repository usually took. Times in statuses are whole seconds, so none is below one. */
function medianSeconds(
  repository: string | undefined,
  known: readonly WarmImage[],
): number | undefined {
  const seconds = known
    .filter(({ image }) => repositoryOf(image) === repository)
    .flatMap(({ nodes }) => nodes.filter(({ state }) => state === 'warm'))
    .map(({ startTime = '', completionTime = '' }) =>
      Math.max(1, (Date.parse(completionTime) - Date.parse(startTime)) / 1000),
    )
    .filter(value => !Number.isNaN(value))
    .sort((a, b) => a - b);
  return seconds[Math.floor(seconds.length / 2)];
}

/** A plan for people. */
export function planLines(objects: readonly PlannedObject[]): readonly string[] {
  return objects.flatMap(object => [
    `${object.kind} ${object.namespace}/${object.name} would be ${object.action}`,
    ...detailsOf(object).map(([label, text]) => `  ${label.padEnd(10)}${text}`),
  ]);
}

function detailsOf(object: PlannedObject): readonly (readonly [string, string])[] {
  const { message, pulls, skip, warnings } = object;
  return [
    ...(message === undefined ? [] : message.split('\n').map(line => ['because', line] as const)),
    ...(skip === undefined ? [] : [['pulls', `nothing, ${skip.reason}: ${skip.message}`] as const]),
    ...(pulls === undefined ? [] : pullDetails(pulls)),
    ...warnings.map(warning => ['warning', warning] as const),
  ];
}

function pullDetails(pulls: PlannedPulls): readonly (readonly [string, string])[] {
  const { images, nodes, atOnce, estimate } = pulls;
  const where =
    nodes === undefined
      ? 'on nodes that you may not read'
      : `on ${counted(nodes, 'node')}, ${atOnce === 0 ? 'paused' : `${atOnce} at a time`}`;
  const takes =
    estimate === undefined
      ? 'not known: no earlier pull of it is on record'
      : `about ${duration(estimate.seconds * 1000)}: ${counted(estimate.rounds, 'round')} of ${duration(estimate.secondsPerPull * 1000)}, as earlier pulls took`;
  return [
    ...images.map(image => ['pulls', `${image} ${where}`] as const),
    ...(atOnce === 0 || nodes === undefined ? [] : [['takes', takes] as const]),
  ];
}
