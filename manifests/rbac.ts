import { type Component, componentLabels, type Manifest } from './manifest.ts';

/** What may be done with which resources. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Only objects of these names. */
  readonly resourceNames?: readonly string[];
}

/** The ServiceAccount that gets the rights. */
export interface Account {
  readonly component: Component;
  readonly namespace: string;
  readonly name: string;
}

/** Rights, and why they are asked for. */
export interface Grant {
  /** Of the role and its binding. */
  readonly name: string;
  /** Only in this namespace; absent: in the whole cluster. */
  readonly namespace?: string;
  /** For the person who reviews the role. */
  readonly why: string;
  readonly rules: readonly PolicyRule[];
}

const RBAC_GROUP = 'rbac.authorization.k8s.io';

/** A ServiceAccount. */
export function serviceAccount({ component, namespace, name }: Account): Manifest {
  const metadata = { name, namespace, labels: componentLabels(component) };
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata };
}

/** A role and its binding to `account`. */
export function grant(
  account: Account,
  { name, namespace, why, rules }: Grant,
): readonly Manifest[] {
  const apiVersion = `${RBAC_GROUP}/v1`;
  const role = namespace === undefined ? 'ClusterRole' : 'Role';
  const metadata = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    labels: componentLabels(account.component),
  };
  return [
    {
      apiVersion,
      kind: role,
      metadata: { ...metadata, annotations: { 'kubernetes.io/description': why } },
      rules,
    },
    {
      apiVersion,
      kind: `${role}Binding`,
      metadata,
      roleRef: { apiGroup: RBAC_GROUP, kind: role, name },
      subjects: [{ kind: 'ServiceAccount', name: account.name, namespace: account.namespace }],
    },
  ];
}
