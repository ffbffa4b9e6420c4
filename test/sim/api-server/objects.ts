import type { ApiObject } from '../../../sim/api-server/objects/api-object.ts';

/** A stored-looking object. */
export function apiObject(name: string, fields: Readonly<Record<string, unknown>> = {}): ApiObject {
  const { metadata = {}, ...rest } = fields;
  return {
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    ...rest,
    metadata: { name, namespace: 'default', uid: `uid-of-${name}`, ...(metadata as object) },
  };
}

/** A structural schema with one of everything that the server acts on. */
export const WIDGET_SCHEMA = {
  type: 'object',
  required: ['spec'],
  properties: {
    spec: {
      type: 'object',
      required: ['size'],
      properties: {
        size: { type: 'integer', minimum: 0, maximum: 10 },
        color: { type: 'string', enum: ['red', 'green'], default: 'red' },
        replicas: { type: 'integer', format: 'int32', default: 1 },
        name: { type: 'string', pattern: '^[a-z]+$', maxLength: 5 },
        share: { 'x-kubernetes-int-or-string': true },
        set: {
          type: 'array',
          maxItems: 3,
          items: { type: 'string' },
          'x-kubernetes-list-type': 'set',
        },
        items: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: {
            type: 'object',
            required: ['name'],
            properties: { name: { type: 'string' }, value: { type: 'string', default: 'x' } },
          },
        },
        map: { type: 'object', additionalProperties: { type: 'string' } },
        open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        maybe: { type: 'string', nullable: true },
        either: {
          type: 'object',
          properties: { a: { type: 'string' }, b: { type: 'string' } },
          oneOf: [{ required: ['a'] }, { required: ['b'] }],
        },
        when: { type: 'string', format: 'date-time' },
      },
    },
    status: {
      type: 'object',
      properties: {
        message: { type: 'string' },
        replicas: { type: 'integer' },
        conditions: {
          type: 'array',
          items: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        },
      },
    },
  },
} as const;

/** The definition of Widget: two versions of one schema, status, scale and columns. */
export function widgetDefinition(): Record<string, unknown> & { metadata: { name: string } } {
  const version = {
    served: true,
    subresources: {
      status: {},
      scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
    },
    additionalPrinterColumns: [
      { name: 'SIZE', type: 'integer', jsonPath: '.spec.size' },
      { name: 'AGE', type: 'date', jsonPath: '.metadata.creationTimestamp' },
      { name: 'MESSAGE', type: 'string', jsonPath: '.status.message', priority: 1 },
    ],
    schema: { openAPIV3Schema: WIDGET_SCHEMA },
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', singular: 'widget', kind: 'Widget', shortNames: ['wd'] },
      versions: [
        { ...version, name: 'v1alpha1', storage: false },
        { ...version, name: 'v1', storage: true },
      ],
    },
  };
}

/** A Widget as a client sends it. */
export function widget(
  name: string,
  spec: object = { size: 1 },
  metadata: object = {},
): Record<string, unknown> & { metadata: { name: string } } {
  return { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name, ...metadata }, spec };
}

/** Where Widgets are. */
export const WIDGETS = '/apis/example.com/v1/namespaces/default/widgets';
