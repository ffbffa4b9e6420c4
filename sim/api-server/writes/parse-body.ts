import type { RawRequest } from '../http/raw-request.ts';
import { decodeProtobuf } from '../protobuf/decode-protobuf.ts';
import { badRequest, unsupportedMediaType } from '../status/api-error.ts';

const PROTOBUF = 'application/vnd.kubernetes.protobuf';
/** Bodies are JSON. A media type of YAML is taken as well, for JSON is YAML; real YAML is answered with 400. */
const JSON_TYPES = ['', 'application/json', 'application/yaml'];

/** The document in the body of a create or update; `kind` is what it should be of, for the refusal. */
export function parseBody({ body, contentType }: RawRequest, kind: string): unknown {
  if (contentType === PROTOBUF) {
    const object = decodeProtobuf(body);
    if (object !== undefined) return object;
  }
  if (!JSON_TYPES.includes(contentType)) throw unsupportedMediaType(JSON_TYPES.slice(1));
  const context = `the object provided is unrecognized (must be of type ${kind})`;
  return parseJson(body, `${context}: couldn't get version/kind; json parse error`);
}

/** Deeper documents would exhaust the stack of whoever walks them. */
const MAX_DEPTH = 500;

/** Parses JSON from outside; `context` begins the sentence of the refusal (400). */
export function parseJson(body: Buffer, context: string): unknown {
  const document = parsed(body, context);
  if (isDeeperThan(document, MAX_DEPTH)) throw badRequest(`${context}: exceeded max depth`);
  return document;
}

function parsed(body: Buffer, context: string): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    const detail = body.length === 0 ? 'unexpected end of JSON input' : (error as Error).message;
    throw badRequest(`${context}: ${detail}`);
  }
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some(inner => isDeeperThan(inner, levels - 1));
}
