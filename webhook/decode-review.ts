import { isJsonObject, type JsonObject } from '../api/json.ts';
import { type AdmissionRequest, OPERATIONS, type Operation, type User } from './admission.ts';

/** The review versions that are understood; an answer has the version of its question. */
export const REVIEW_VERSIONS = ['admission.k8s.io/v1', 'admission.k8s.io/v1beta1'] as const;
export type ReviewVersion = (typeof REVIEW_VERSIONS)[number];

/** A review that makes sense, or what is wrong with it. */
export type DecodedReview =
  | { readonly ok: true; readonly version: ReviewVersion; readonly request: AdmissionRequest }
  | { readonly ok: false; readonly message: string };

/** Checks an AdmissionReview that came as JSON. Unknown fields are ignored; all problems are named at once. */
export function decodeReview(body: unknown): DecodedReview {
  if (!isJsonObject(body)) return malformed(['the body must be an AdmissionReview object']);
  const version = REVIEW_VERSIONS.find(known => known === body['apiVersion']);
  const problems: string[] = [];
  if (body['kind'] !== 'AdmissionReview') problems.push('kind must be AdmissionReview');
  if (version === undefined) problems.push(`apiVersion must be ${REVIEW_VERSIONS.join(' or ')}`);
  const request = new FieldReader('', body, problems).object('request');
  if (request === undefined || version === undefined) return malformed(problems);
  const decoded = decodeRequest(new FieldReader('request.', request, problems));
  if (decoded === undefined || problems.length > 0) return malformed(problems);
  return { ok: true, version, request: decoded };
}

const malformed = (problems: readonly string[]): DecodedReview => ({
  ok: false,
  message: `malformed AdmissionReview: ${problems.join('; ')}`,
});

function decodeRequest(fields: FieldReader): AdmissionRequest | undefined {
  const operation = decodeOperation(fields);
  const hasObject = operation === 'CREATE' || operation === 'UPDATE';
  const request = {
    uid: fields.text('uid'),
    kind: decodeKind(fields.child('kind')),
    resource: decodeResource(fields.child('resource')),
    subResource: fields.optionalText('subResource'),
    name: fields.optionalText('name'),
    namespace: fields.optionalText('namespace'),
    user: fields.user('userInfo'),
    dryRun: fields.optionalBoolean('dryRun'),
    object: hasObject ? fields.object('object') : undefined,
    oldObject: operation === 'UPDATE' ? fields.object('oldObject') : undefined,
  };
  return operation && { ...request, operation };
}

function decodeKind(fields: FieldReader): AdmissionRequest['kind'] {
  return {
    group: fields.optionalText('group'),
    version: fields.text('version'),
    kind: fields.text('kind'),
  };
}

function decodeResource(fields: FieldReader): AdmissionRequest['resource'] {
  return {
    group: fields.optionalText('group'),
    version: fields.text('version'),
    resource: fields.text('resource'),
  };
}

function decodeOperation(fields: FieldReader): Operation | undefined {
  const text = fields.text('operation');
  const operation = OPERATIONS.find(known => known === text);
  if (operation === undefined && text !== '') {
    fields.problem('operation', `must be one of ${OPERATIONS.join(', ')}`);
  }
  return operation;
}

/** Reads the fields of one object and notes what has the wrong type. */
class FieldReader {
  readonly #path: string;
  readonly #fields: JsonObject;
  readonly #problems: string[];

  constructor(path: string, fields: JsonObject, problems: string[]) {
    this.#path = path;
    this.#fields = fields;
    this.#problems = problems;
  }

  problem(key: string, message: string): void {
    this.#problems.push(`${this.#path}${key} ${message}`);
  }

  text(key: string): string {
    const value = this.#fields[key];
    if (typeof value === 'string' && value !== '') return value;
    this.problem(key, 'must be a non-empty string');
    return '';
  }

  optionalText(key: string): string {
    const value = this.#fields[key] ?? '';
    if (typeof value === 'string') return value;
    this.problem(key, 'must be a string');
    return '';
  }

  optionalBoolean(key: string): boolean {
    const value = this.#fields[key] ?? false;
    if (typeof value === 'boolean') return value;
    this.problem(key, 'must be true or false');
    return false;
  }

  object(key: string): JsonObject | undefined {
    const value = this.#fields[key];
    if (isJsonObject(value)) return value;
    this.problem(key, 'must be an object');
    return undefined;
  }

  /** Nobody in particular when it is missing: only the judge of daemons asks, and denies whom it does not know. */
  user(key: string): User {
    const value = this.#fields[key];
    const { username, extra } = isJsonObject(value) ? value : {};
    const lists = Object.entries(isJsonObject(extra) ? extra : {}).filter(isListOfStrings);
    return {
      username: typeof username === 'string' ? username : '',
      extra: Object.fromEntries(lists),
    };
  }

  /** Of something else than an object every field is missing. */
  child(key: string): FieldReader {
    const path = `${this.#path}${key}.`;
    return new FieldReader(path, this.object(key) ?? {}, this.#problems);
  }
}

function isListOfStrings(entry: [string, unknown]): entry is [string, readonly string[]] {
  const [, list] = entry;
  return Array.isArray(list) && list.every(item => typeof item === 'string');
}
