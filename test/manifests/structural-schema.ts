import { Ajv, type ValidateFunction } from 'ajv';
import type { Manifest } from '../../manifests/manifest.ts';

/** A structural schema of a CRD, as kube-apiserver understands it. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-validations'?: readonly { readonly rule: string }[];
}

/** One version of a kind. */
export interface Version {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly subresources: object;
  readonly additionalPrinterColumns: readonly {
    readonly name: string;
    readonly type: string;
    readonly jsonPath: string;
    readonly priority?: number;
    readonly description: string;
  }[];
  readonly schema: { readonly openAPIV3Schema: Schema };
}

/** The versions of a CustomResourceDefinition. */
export function versionsOf(crd: Manifest): readonly Version[] {
  return (crd['spec'] as { readonly versions: readonly Version[] }).versions;
}

/** The schema that all versions of a CustomResourceDefinition share. */
export function schemaOf(crd: Manifest): Schema {
  const [version] = versionsOf(crd);
  if (version === undefined) throw new Error(`${crd.metadata.name} has no version`);
  return version.schema.openAPIV3Schema;
}

/** The part of `schema` at a path of properties; `*` is the values of a map or the items of a list. */
export function schemaAt(schema: Schema, path: string): Schema {
  return path.split('.').reduce((at, step) => {
    const next = step === '*' ? (at.items ?? at.additionalProperties) : (at.properties ?? {})[step];
    if (next === undefined) throw new Error(`no ${step} in ${path}`);
    return next;
  }, schema);
}

/** Every schema in `schema` with its path. */
export function* walk(schema: Schema, path = ''): Generator<readonly [string, Schema]> {
  yield [path, schema];
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    yield* walk(property, `${path}.${name}`);
  }
  if (schema.items) yield* walk(schema.items, `${path}.*`);
  if (schema.additionalProperties) yield* walk(schema.additionalProperties, `${path}.*`);
}

/** `value` with the defaults that kube-apiserver fills in from the schema. */
export function withSchemaDefaults(schema: Schema, value: unknown): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items === undefined ? value : value.map(item => withSchemaDefaults(items, item));
  }
  if (typeof value !== 'object' || value === null) return value;
  const result: Record<string, unknown> = { ...value };
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (result[name] === undefined && property.default !== undefined) {
      result[name] = structuredClone(property.default);
    }
  }
  for (const [name, member] of Object.entries(result)) {
    const inner = schema.properties?.[name] ?? schema.additionalProperties;
    if (inner !== undefined) result[name] = withSchemaDefaults(inner, member);
  }
  return result;
}

/** A function that says what the schema finds wrong with an object, fields it does not know included. CEL is left out. */
export function structuralValidator(schema: Schema): (object: unknown) => readonly string[] {
  const validate: ValidateFunction = new Ajv({ strict: false, allErrors: true }).compile(
    toJsonSchema(schema),
  );
  return object => {
    validate(object);
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${instancePath}: ${message} ${JSON.stringify(params)}`,
    );
  };
}

function toJsonSchema(schema: Schema): object {
  const { properties, additionalProperties, items } = schema;
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const closed = properties !== undefined && !open;
  const parts = Object.entries(properties ?? {}).map(([name, property]) => [
    name,
    toJsonSchema(property),
  ]);
  const { format: _, ...rules } = schema as Schema & { readonly format?: string };
  return {
    ...rules,
    ...(schema['x-kubernetes-int-or-string'] === true ? { type: ['integer', 'string'] } : {}),
    ...(properties === undefined ? {} : { properties: Object.fromEntries(parts) }),
    ...(items === undefined ? {} : { items: toJsonSchema(items) }),
    ...(additionalProperties === undefined
      ? closed && { additionalProperties: false }
      : { additionalProperties: toJsonSchema(additionalProperties) }),
  };
}
