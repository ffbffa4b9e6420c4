/** What a schema of a CustomResourceDefinition says, as far as a reader wants to know it. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-validations'?: readonly { readonly message?: string }[];
}

/** A field of an object, for a row of a table. */
export interface SchemaField {
  /** `spec.images[]`; `*` stands for any key. */
  readonly path: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly default?: string;
  readonly description: string;
  /** What is denied, beyond the type. */
  readonly rules: readonly string[];
}

/** The fields below `path`, depth first, in the order of the schema. */
export function schemaFields(path: string, schema: Schema): readonly SchemaField[] {
  const children = Object.entries(schema.properties ?? {}).flatMap(([name, child]) => {
    const isRequired = schema.required?.includes(name) ?? false;
    const here = `${path}.${name}`;
    return [fieldOf(here, child, isRequired), ...schemaFields(here, child)];
  });
  const { items, additionalProperties: values } = schema;
  return [
    ...children,
    ...(items === undefined ? [] : schemaFields(`${path}[]`, items)),
    ...(typeof values === 'object' ? schemaFields(`${path}.*`, values) : []),
  ];
}

function fieldOf(path: string, schema: Schema, isRequired: boolean): SchemaField {
  return {
    path,
    type: typeOf(schema),
    isRequired,
    ...(schema.default === undefined ? {} : { default: JSON.stringify(schema.default) }),
    description: schema.description ?? schema.items?.description ?? '',
    rules: [...limitsOf(schema), ...messagesOf(schema), ...messagesOf(schema.items ?? {})],
  };
}

function typeOf(schema: Schema): string {
  if (schema['x-kubernetes-int-or-string']) return 'integer or string';
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`;
  const { additionalProperties: values } = schema;
  if (typeof values === 'object') return `map to ${typeOf(values)}`;
  return schema.format === 'date-time' ? 'time' : (schema.type ?? 'any');
}

/** What an integer of 32 bits holds; nobody writes more. */
const MAX_INT32 = 2 ** 31 - 1;

function limitsOf({ enum: values, minimum, maximum, maxItems, maxProperties }: Schema): string[] {
  return [
    ...(values === undefined ? [] : [values.map(value => `\`${String(value)}\``).join(' or ')]),
    ...(minimum === undefined ? [] : [`at least ${minimum}`]),
    ...(maximum === undefined || maximum === MAX_INT32 ? [] : [`at most ${maximum}`]),
    ...(maxItems === undefined ? [] : [`at most ${maxItems} items`]),
    ...(maxProperties === undefined ? [] : [`at most ${maxProperties} entries`]),
  ];
}

function messagesOf(schema: Schema): string[] {
  const rules = schema['x-kubernetes-validations'] ?? [];
  return rules.flatMap(({ message }) => (message === undefined ? [] : [message]));
}
