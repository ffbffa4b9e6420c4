import { customResourceDefinitions, OWN_CRDS } from '../manifests/crds.ts';
import { type Schema, type SchemaField, schemaFields } from './schema-fields.ts';

interface Definition {
  readonly spec: {
    readonly scope: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly Version[];
  };
}

interface Version {
  readonly name: string;
  readonly schema: { readonly openAPIV3Schema: Schema };
}

const INTRODUCTION = `<!-- Made from manifests/crds by npm run generate. -->
# Fields

The kinds of \`apps.kruise.io\` that Headstart works on. The versions v1alpha1 and v1beta1 have the same fields. \`[]\` are the items of a list, \`*\` is any key.
Fields that are not listed are dropped by the API server, or denied where a client asks for strict checking, as \`kubectl apply\` does. The texts are those of
\`kubectl explain\`; examples are in [manifests/samples](../../manifests/samples), annotations on [a page of their own](annotations.md).
`;

/** docs/reference/fields.md. */
export function fieldsPage(): string {
  const sections = customResourceDefinitions(OWN_CRDS).map(definition =>
    sectionOf((definition as unknown as Definition).spec),
  );
  return [INTRODUCTION, ...sections].join('\n');
}

function sectionOf({ scope, names, versions }: Definition['spec']): string {
  // Both versions share one schema.
  const { description = '', properties = {} }: Schema = versions[0]?.schema.openAPIV3Schema ?? {};
  const parts = ['spec', 'status'].map(part => {
    const fields = schemaFields(part, properties[part] ?? {});
    return `\n### ${part} of ${names.kind}\n\n${properties[part]?.description ?? ''}\n\n${table(fields)}`;
  });
  const where = scope === 'Namespaced' ? 'In a namespace.' : 'Of the cluster, without a namespace.';
  return `## ${names.kind}\n\n${description} ${where}\n${parts.join('')}`;
}

function table(fields: readonly SchemaField[]): string {
  const rows = fields.map(field => {
    const type = field.isRequired ? `${field.type}, required` : field.type;
    const value = field.default === undefined ? '' : `\`${field.default}\``;
    const meaning = [field.description, ...field.rules.map(rule => `${sentence(rule)}.`)];
    return `| \`${field.path}\` | ${type} | ${value} | ${cell(meaning.join(' '))} |\n`;
  });
  return `| field | type | default | meaning |\n|---|---|---|---|\n${rows.join('')}`;
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ').trim();
}
