/**
 * How lists of built-in kinds merge, by the name of the field: the `patchMergeKey` and `listMapKeys` of k8s.io/api. A name means
 * the same in every kind that the server knows, so no type tables are needed. Lists that are not named here are replaced whole.
 */

/** The key that tells items apart, for strategic merge patches. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  ephemeralContainers: 'name',
  volumes: 'name',
  env: 'name',
  imagePullSecrets: 'name',
  secrets: 'name',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  hostAliases: 'ip',
  topologySpreadConstraints: 'topologyKey',
  resourceClaims: 'name',
  conditions: 'type',
  addresses: 'type',
  taints: 'key',
  ownerReferences: 'uid',
  webhooks: 'name',
  containerStatuses: 'name',
};

/** Lists of plain values that are sets. */
const SETS: ReadonlySet<string> = new Set(['finalizers', 'podCIDRs']);

/** Keys for server-side apply, where they differ from the merge key. */
const APPLY_KEYS: Readonly<Record<string, readonly string[]>> = {
  ports: ['containerPort', 'port', 'protocol'],
  topologySpreadConstraints: ['topologyKey', 'whenUnsatisfiable'],
};
const ATOMIC_IN_APPLY: ReadonlySet<string> = new Set(['taints', 'containerStatuses']);

/** The merge key of a list; `ports` of containers and of services differ in it. */
export function mergeKeyOf(field: string, items: readonly unknown[]): string | undefined {
  if (field !== 'ports') return MERGE_KEYS[field];
  const inContainer = items.some(
    item => typeof item === 'object' && item !== null && 'containerPort' in item,
  );
  return inContainer ? 'containerPort' : 'port';
}

/** True when a list of plain values merges as a set. */
export function isSetField(field: string): boolean {
  return SETS.has(field);
}

/** The keys of a list in server-side apply; undefined when it is replaced whole. */
export function applyKeysOf(field: string): readonly string[] | undefined {
  if (ATOMIC_IN_APPLY.has(field)) return undefined;
  const key = MERGE_KEYS[field];
  return APPLY_KEYS[field] ?? (key === undefined ? undefined : [key]);
}
