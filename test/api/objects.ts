/** Objects as they arrive in an admission request, built from a good one by modifiers. */

type Members = Readonly<Record<string, unknown>>;

/** A good ImagePullJob with `spec` merged over its spec; undefined removes a field. */
export function imagePullJob(spec: Members = {}): unknown {
  return {
    apiVersion: 'apps.kruise.io/v1beta1',
    kind: 'ImagePullJob',
    metadata: { name: 'job', namespace: 'team' },
    spec: withoutUndefined({ image: 'nginx:1.27', completionPolicy: { type: 'Always' }, ...spec }),
  };
}

/** A good ImageListPullJob with `spec` merged over its spec. */
export function imageListPullJob(spec: Members = {}): unknown {
  return {
    apiVersion: 'apps.kruise.io/v1beta1',
    kind: 'ImageListPullJob',
    metadata: { name: 'list', namespace: 'team' },
    spec: withoutUndefined({
      images: ['nginx:1.27', 'redis:7'],
      completionPolicy: { type: 'Always' },
      ...spec,
    }),
  };
}

/** A NodeImage that wants `nginx` with these tags, each merged over a good one. */
export function nodeImage(...tags: readonly Members[]): unknown {
  const wanted = tags.map(tag => ({
    tag: '1.27',
    createdAt: '2026-01-01T00:00:00Z',
    pullPolicy: { ttlSecondsAfterFinished: 600 },
    ...tag,
  }));
  return nodeImageOf({ nginx: { tags: wanted } });
}

/** A NodeImage with these images. */
export function nodeImageOf(images: unknown): unknown {
  return { metadata: { name: 'node-a' }, spec: { images } };
}

/** A CloneSet with these annotations and this update strategy. */
export function cloneSet(annotations: Members, updateStrategy: Members = {}): unknown {
  return {
    metadata: { name: 'web', namespace: 'team', annotations },
    spec: { replicas: 8, updateStrategy },
  };
}

function withoutUndefined(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
