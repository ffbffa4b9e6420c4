/** An object that must be denied, whoever is asked: the CRD alone (schema and CEL) or the rules of api/, which the webhooks use. */
export interface DeniedObject {
  /** Completes "denies …". */
  readonly title: string;
  readonly object: TestObject;
  /** The stored object that `object` would replace; absent when it is new. */
  readonly was?: TestObject;
  /** What kubectl shows of the API server's answer when no webhook runs. */
  readonly says: RegExp;
  /** The field that api/ names. */
  readonly path: string;
}

export interface TestObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: unknown;
}

const of =
  (kind: string) =>
  (spec: unknown): TestObject => ({
    apiVersion: 'apps.kruise.io/v1beta1',
    kind,
    metadata: { name: 'denied' },
    spec,
  });

/** `object` under another name. */
export function named(name: string, object: TestObject): TestObject {
  return { ...object, metadata: { name } };
}

/** A NodeImage with this spec. */
export const nodeImageOf = of('NodeImage');

/** An ImagePullJob of nginx with these fields. */
export function imagePullJob(spec: object): TestObject {
  return of('ImagePullJob')({ image: 'nginx:1', ...spec });
}

/** An ImageListPullJob of two images with these fields. */
export function imageListPullJob(spec: object): TestObject {
  return of('ImageListPullJob')({ images: ['nginx:1', 'busybox:1'], ...spec });
}

/** A NodeImage that wants these tags of nginx. */
export function nodeImage(tags: unknown): TestObject {
  return nodeImageOf({ images: { nginx: { tags } } });
}

/** An entry of a NodeImage. */
export const TAG = { tag: '1', pullPolicy: { ttlSecondsAfterFinished: 300 } };

/** A selector by label. */
export const labels = { matchLabels: { pool: 'gpu' } };

/** A selector with one expression on the label `pool`. */
export const expression = (operator: string, values?: readonly string[]): object => ({
  matchExpressions: [{ key: 'pool', operator, ...(values && { values }) }],
});

/** Different image references. */
export const imageReferences = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `nginx:${i}`);
