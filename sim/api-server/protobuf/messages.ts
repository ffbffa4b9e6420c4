/** How a field reads: a scalar, a message of the table below, or a map of strings. */
export type FieldType =
  | 'string'
  | 'bytes'
  | 'bool'
  | 'int'
  | 'map of string'
  | 'map of bytes'
  | { readonly message: string };

/** A field of a message. */
export interface MessageField {
  readonly name: string;
  readonly type: FieldType;
  readonly repeated?: true;
}

/** Fields of a message by number. */
export type Message = Readonly<Record<number, MessageField>>;

const field = (name: string, type: FieldType = 'string'): MessageField => ({ name, type });
const list = (name: string, type: FieldType = 'string'): MessageField => ({
  ...field(name, type),
  repeated: true,
});
const METADATA: MessageField = { name: 'metadata', type: { message: 'ObjectMeta' } };

/**
 * Kinds that kubectl sends as protobuf, which it does in commands such as `kubectl create namespace` (k8s.io/api generated.proto).
 * Everything else it sends as JSON.
 */
export const MESSAGES: Readonly<Record<string, Message>> = {
  ObjectMeta: {
    1: field('name'),
    2: field('generateName'),
    3: field('namespace'),
    5: field('uid'),
    6: field('resourceVersion'),
    11: field('labels', 'map of string'),
    12: field('annotations', 'map of string'),
    14: list('finalizers'),
  },
  Namespace: { 1: METADATA },
  ConfigMap: {
    1: METADATA,
    2: field('data', 'map of string'),
    3: field('binaryData', 'map of bytes'),
    4: field('immutable', 'bool'),
  },
  Secret: {
    1: METADATA,
    2: field('data', 'map of bytes'),
    3: field('type'),
    4: field('stringData', 'map of string'),
    5: field('immutable', 'bool'),
  },
  ServiceAccount: {
    1: METADATA,
    3: list('imagePullSecrets', { message: 'LocalObjectReference' }),
    4: field('automountServiceAccountToken', 'bool'),
  },
  LocalObjectReference: { 1: field('name') },
  SelfSubjectReview: { 1: METADATA },
  SelfSubjectAccessReview: {
    1: METADATA,
    2: field('spec', { message: 'SelfSubjectAccessReviewSpec' }),
  },
  SelfSubjectAccessReviewSpec: {
    1: field('resourceAttributes', { message: 'ResourceAttributes' }),
    2: field('nonResourceAttributes', { message: 'NonResourceAttributes' }),
  },
  ResourceAttributes: {
    1: field('namespace'),
    2: field('verb'),
    3: field('group'),
    4: field('version'),
    5: field('resource'),
    6: field('subresource'),
    7: field('name'),
  },
  NonResourceAttributes: { 1: field('path'), 2: field('verb') },
};
