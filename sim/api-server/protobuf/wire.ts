/** A value on the wire: a number for varints, bytes for strings and messages. */
export type WireValue = bigint | Buffer;

/** One field of a message. */
export interface WireField {
  readonly number: number;
  readonly value: WireValue;
}

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** Reads the fields of a protobuf message (protobuf.dev/programming-guides/encoding); undefined when the bytes are no message. */
export function readFields(message: Buffer): readonly WireField[] | undefined {
  const fields: WireField[] = [];
  for (let at = 0; at < message.length; ) {
    const tag = readVarint(message, at);
    if (tag === undefined) return undefined;
    const field = readValue(message, tag.next, Number(tag.value & 7n));
    if (field === undefined) return undefined;
    fields.push({ number: Number(tag.value >> 3n), value: field.value });
    at = field.next;
  }
  return fields;
}

interface Read<T> {
  readonly value: T;
  /** Where the next thing begins. */
  readonly next: number;
}

function readValue(message: Buffer, at: number, wireType: number): Read<WireValue> | undefined {
  const varint = readVarint(message, at);
  if (varint === undefined || wireType === VARINT) return varint;
  const end = varint.next + Number(varint.value);
  if (wireType !== LENGTH_DELIMITED || end > message.length) return undefined;
  return { value: message.subarray(varint.next, end), next: end };
}

/** Seven bits a byte, lowest first; ten bytes at most. */
function readVarint(message: Buffer, start: number): Read<bigint> | undefined {
  let value = 0n;
  for (let i = 0; i < 10; i++) {
    const byte = message[start + i];
    if (byte === undefined) return undefined;
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) return { value, next: start + i + 1 };
  }
  return undefined;
}
