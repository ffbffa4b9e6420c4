/**
 * Kubernetes object shapes as they travel on the wire: plain JSON, timestamps as RFC 3339 strings.
 * Only the fields that Headstart reads are named; everything else passes through untouched.
 */

/** Metadata every Kubernetes object carries. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly generateName?: string;
  readonly uid?: string;
  /** Opaque: compare for equality only. */
  readonly resourceVersion?: string;
  readonly generation?: number;
  /** RFC 3339, set by the API server. */
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
}

/** A reference from a dependent to its owner (metav1.OwnerReference). */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** A reference to any object (core/v1 ObjectReference), as used in events and NodeImage tags. */
export interface ObjectReference {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** Any Kubernetes object. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
}

/** A status condition (metav1.Condition). */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly observedGeneration?: number;
  readonly lastTransitionTime: string;
  /** CamelCase word for machines. */
  readonly reason: string;
  /** Sentence for people. */
  readonly message: string;
}

export const LABEL_SELECTOR_OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;
export type LabelSelectorOperator = (typeof LABEL_SELECTOR_OPERATORS)[number];

/** One requirement of a label selector. */
export interface LabelSelectorRequirement {
  readonly key: string;
  readonly operator: LabelSelectorOperator;
  readonly values?: readonly string[];
}

/** A query over labels (metav1.LabelSelector); every part must hold. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
}

/** A number, a numeric string or a percentage, as `intstr.IntOrString` allows. */
export type IntOrString = number | string;

/** Identifies an object within its kind: `namespace/name`, or `name` for cluster-scoped kinds. */
export type ObjectKey = string;

/** Returns the key of `object`. */
export function keyOf(object: KubeObject): ObjectKey {
  return objectKey(object.metadata.name, object.metadata.namespace);
}

/** Builds a key from its parts. */
export function objectKey(name: string, namespace?: string): ObjectKey {
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
}

/** Splits a key into its parts. */
export function parseObjectKey(key: ObjectKey): {
  readonly namespace?: string;
  readonly name: string;
} {
  const slash = key.indexOf('/');
  if (slash < 0) return { name: key };
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The owner that manages `object`, if any (the owner reference with `controller: true`). */
export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find(owner => owner.controller === true);
}

/** True once deletion of `object` has been requested. */
export function isBeingDeleted(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}

/** Whether two states of an object are the same one. Versions are only ever compared for equality. */
export function isSameVersion(a: KubeObject, b: KubeObject | undefined): boolean {
  return (
    a.metadata.uid === b?.metadata.uid && a.metadata.resourceVersion === b?.metadata.resourceVersion
  );
}
