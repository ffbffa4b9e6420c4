import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Manifest } from './manifest.ts';

/** Plurals of our own kinds. */
export const OWN_CRDS = ['imagepulljobs', 'imagelistpulljobs', 'nodeimages'] as const;

/** Plurals of OpenKruise's workload kinds; ours are for clusters without it and are never part of the installation. */
export const WORKLOAD_CRDS = ['clonesets', 'statefulsets', 'daemonsets'] as const;

/**
 * The CustomResourceDefinitions of these plurals, from the folder `crds` beside this file. Each is checked by hand and lints
 * as it stands there; aliases are resolved here.
 */
export function customResourceDefinitions(
  plurals: readonly ((typeof OWN_CRDS)[number] | (typeof WORKLOAD_CRDS)[number])[],
): readonly Manifest[] {
  const read = (plural: string): Manifest =>
    parse(readFileSync(new URL(`./crds/${plural}.yaml`, import.meta.url), 'utf8'));
  return plurals.map(read);
}
