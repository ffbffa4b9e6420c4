import type { ApiObject, Metadata } from '../objects/api-object.ts';
import {
  whyNotDnsLabel,
  whyNotLabelValue,
  whyNotQualifiedName,
  whyNotSubdomain,
} from '../objects/object-names.ts';
import { customResourceProblems } from '../registry/custom-resource-rules.ts';
import type { ServedResource } from '../registry/registry.ts';
import { kindSubjectOf, resourceName } from '../registry/resource-type.ts';
import { invalid } from '../status/api-error.ts';
import { type FieldCause, forbiddenValue, invalidValue } from '../status/field-cause.ts';

/** Kinds whose names become host names, and kinds whose names may hold anything but slashes. */
const DNS_LABEL_NAMES = ['namespaces', 'services'];
const PATH_NAMES_GROUP = 'rbac.authorization.k8s.io';

/** Refuses an object that breaks rules (422), naming every one; `old` is the stored object on update. */
export function validateObject(
  served: ServedResource,
  object: ApiObject,
  old: ApiObject | undefined,
): void {
  const causes = [
    ...metadataProblems(served, object.metadata, old?.metadata),
    ...(served.version.schema?.validate(object, old) ?? []),
    ...definitionProblems(served, object),
  ];
  if (causes.length > 0) throw invalid(kindSubjectOf(served.type), object.metadata.name, causes);
}

function definitionProblems({ type }: ServedResource, object: ApiObject): readonly FieldCause[] {
  const isDefinition = resourceName(type) === 'customresourcedefinitions.apiextensions.k8s.io';
  return isDefinition ? customResourceProblems(object) : [];
}

function metadataProblems(
  served: ServedResource,
  metadata: Metadata,
  old: Metadata | undefined,
): readonly FieldCause[] {
  const name = whyNotName(served, metadata.name);
  return [
    ...(name === undefined ? [] : [invalidValue('metadata.name', metadata.name, name)]),
    ...labelProblems(metadata.labels),
    ...annotationProblems(metadata.annotations),
    ...ownerProblems(metadata),
    ...finalizerProblems(metadata, old),
  ];
}

function whyNotName({ type }: ServedResource, name: string): string | undefined {
  if (type.group === PATH_NAMES_GROUP) {
    return /^[^/%]+$/.test(name) ? undefined : "may not contain '/' or '%'";
  }
  return DNS_LABEL_NAMES.includes(resourceName(type))
    ? whyNotDnsLabel(name)
    : whyNotSubdomain(name);
}

function labelProblems(labels: Metadata['labels'] = {}): readonly FieldCause[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...problem('metadata.labels', key, whyNotQualifiedName(key)),
    ...problem('metadata.labels', value, whyNotLabelValue(value)),
  ]);
}

function annotationProblems(annotations: Metadata['annotations'] = {}): readonly FieldCause[] {
  return Object.keys(annotations).flatMap(key =>
    problem('metadata.annotations', key, whyNotQualifiedName(key.toLowerCase())),
  );
}

function problem(field: string, value: string, why: string | undefined): readonly FieldCause[] {
  return why === undefined ? [] : [invalidValue(field, value, why)];
}

function ownerProblems({ ownerReferences = [] }: Metadata): readonly FieldCause[] {
  const empty = ownerReferences.flatMap(owner =>
    (['apiVersion', 'kind', 'name', 'uid'] as const)
      .filter(field => (owner[field] ?? '') === '')
      .map(field => invalidValue(`metadata.ownerReferences.${field}`, '', 'must not be empty')),
  );
  const controllers = ownerReferences.filter(owner => owner.controller === true);
  if (controllers.length < 2) return empty;
  const rule = 'Only one reference can have Controller set to true';
  return [...empty, invalidValue('metadata.ownerReferences', controllers.length, rule)];
}

function finalizerProblems(
  { finalizers = [] }: Metadata,
  old: Metadata | undefined,
): readonly FieldCause[] {
  const malformed = finalizers.flatMap(name =>
    problem('metadata.finalizers', name, whyNotQualifiedName(name)),
  );
  if (old?.deletionTimestamp === undefined) return malformed;
  const added = finalizers.filter(name => !old.finalizers?.includes(name));
  if (added.length === 0) return malformed;
  const list = added.map(name => `"${name}"`).join(', ');
  const rule = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`;
  return [...malformed, forbiddenValue('metadata.finalizers', rule)];
}
