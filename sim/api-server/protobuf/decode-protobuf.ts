import { asArray, asObject } from '../objects/json.ts';
import { type FieldType, MESSAGES, type MessageField } from './messages.ts';
import { readFields, type WireField, type WireValue } from './wire.ts';

/** What a protobuf body of the Kubernetes API begins with. */
const MAGIC = Buffer.from('k8s\0');
/** Fields of runtime.Unknown and of the TypeMeta in it. */
const TYPE_META = 1;
const RAW = 2;
const API_VERSION = 1;
const KIND = 2;

/** The object in a protobuf body; undefined when it is of a kind, or has a field, that is not known here. */
export function decodeProtobuf(body: Buffer): object | undefined {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const envelope = readFields(body.subarray(MAGIC.length));
  const typeMeta = readFields(bytesOf(envelope, TYPE_META));
  const apiVersion = bytesOf(typeMeta, API_VERSION).toString('utf8');
  const kind = bytesOf(typeMeta, KIND).toString('utf8');
  const object = decodeMessage(bytesOf(envelope, RAW), kind);
  return object === undefined ? undefined : { ...object, apiVersion, kind };
}

function bytesOf(fields: readonly WireField[] | undefined, wanted: number): Buffer {
  const value = fields?.find(({ number }) => number === wanted)?.value;
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
}

function decodeMessage(bytes: Buffer, name: string): object | undefined {
  const message = Object.hasOwn(MESSAGES, name) ? MESSAGES[name] : undefined;
  const fields = readFields(bytes);
  if (fields === undefined || message === undefined) return undefined;
  const object: Record<string, unknown> = {};
  for (const { number, value } of fields) {
    if (isEmpty(value)) continue;
    const field = message[number];
    const decoded = field === undefined ? undefined : decodeValue(value, field.type);
    if (field === undefined || decoded === undefined) return undefined;
    object[field.name] = joined(object[field.name], decoded, field);
  }
  return object;
}

/** Lists and maps come as one field for each entry. */
function joined(before: unknown, value: unknown, { type, repeated }: MessageField): unknown {
  if (repeated === true) return [...asArray(before), value];
  return isMap(type) ? { ...asObject(before), ...asObject(value) } : value;
}

/** Go writes fields that are not set, as empty strings, zeros and messages of such. */
function isEmpty(value: WireValue): boolean {
  if (!Buffer.isBuffer(value)) return value === 0n;
  if (value.length === 0) return true;
  return readFields(value)?.every(field => isEmpty(field.value)) ?? false;
}

const isMap = (type: FieldType): boolean => typeof type === 'string' && type.startsWith('map');

function decodeValue(value: WireValue, type: FieldType): unknown {
  if (!Buffer.isBuffer(value)) {
    if (type === 'bool') return value !== 0n;
    return type === 'int' ? Number(value) : undefined;
  }
  switch (type) {
    case 'string':
      return value.toString('utf8');
    case 'bytes':
      return value.toString('base64');
    case 'map of string':
      return decodeEntry(value, 'string');
    case 'map of bytes':
      return decodeEntry(value, 'bytes');
    case 'bool':
    case 'int':
      return undefined;
    default:
      return decodeMessage(value, type.message);
  }
}

/** An entry of a map is a message of key (1) and value (2). */
function decodeEntry(bytes: Buffer, type: 'string' | 'bytes'): object | undefined {
  const fields = readFields(bytes);
  if (fields === undefined) return undefined;
  const key = bytesOf(fields, 1).toString('utf8');
  return { [key]: decodeValue(bytesOf(fields, 2), type) };
}
