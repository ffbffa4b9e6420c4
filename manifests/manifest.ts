import type { KubeObject } from '../api/meta.ts';

/** A Kubernetes object to install. */
export interface Manifest extends KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly [field: string]: unknown;
}

export type Component = 'manager' | 'daemon';

const NAME = { 'app.kubernetes.io/name': 'headstart' };

/** Labels of everything that is installed. */
export const LABELS = { ...NAME, 'app.kubernetes.io/part-of': 'headstart' };

/** Labels of one component's pods, as selectors use them; they never change, because selectors of workloads cannot. */
export function selectorLabels(component: Component): Readonly<Record<string, string>> {
  return { ...NAME, 'app.kubernetes.io/component': component };
}

/** Labels of one component's objects and pods. */
export function componentLabels(component: Component): Readonly<Record<string, string>> {
  return { ...LABELS, ...selectorLabels(component) };
}
