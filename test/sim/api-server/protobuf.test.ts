import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeProtobuf } from '../../../sim/api-server/protobuf/decode-protobuf.ts';

/** A field of a message: text, a message, or a number. */
const field = (number: number, value: string | Buffer | number): Buffer => {
  if (typeof value === 'number') return Buffer.concat([varint(number << 3), varint(value)]);
  const bytes = Buffer.from(value);
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
};

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    bytes.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest);
    if (rest <= 0x7f) return Buffer.from(bytes);
  }
}

const message = (...fields: readonly Buffer[]): Buffer => Buffer.concat(fields);

function body(kind: string, object: Buffer): Buffer {
  const typeMeta = message(field(1, 'v1'), field(2, kind));
  return message(Buffer.from('k8s\0'), field(1, typeMeta), field(2, object), field(3, ''));
}

const entry = (key: string, value: string): Buffer => message(field(1, key), field(2, value));
const named = (name: string, ...rest: readonly Buffer[]): Buffer =>
  field(1, message(field(1, name), field(2, ''), ...rest));

describe('decodeProtobuf', () => {
  it('reads names, labels and lists, and leaves out what is empty', () => {
    const metadata = named(
      'a',
      field(11, entry('k', 'v')),
      field(11, entry('l', 'w')),
      field(14, 'f/x'),
      field(8, ''),
    );
    const status = field(3, message(field(1, '')));
    assert.deepEqual(decodeProtobuf(body('Namespace', message(metadata, field(2, ''), status))), {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'a', labels: { k: 'v', l: 'w' }, finalizers: ['f/x'] },
    });
  });

  it('reads bytes as base64, and booleans', () => {
    const secret = message(named('s'), field(2, entry('k', 'v')), field(3, 'Opaque'), field(5, 1));
    assert.deepEqual(decodeProtobuf(body('Secret', secret)), {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      data: { k: 'dg==' },
      type: 'Opaque',
      immutable: true,
    });
  });

  it('reads messages in messages', () => {
    const attributes = field(1, message(field(2, 'get'), field(5, 'pods')));
    const review = message(named(''), field(2, attributes));
    assert.deepEqual(decodeProtobuf(body('SelfSubjectAccessReview', review)), {
      apiVersion: 'v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb: 'get', resource: 'pods' } },
    });
  });

  const refused: readonly (readonly [string, Buffer])[] = [
    ['a kind that it does not know', body('Pod', named('p'))],
    ['a kind that is a property of objects', body('constructor', named('p'))],
    ['a field that it does not know', body('Namespace', message(named('a'), field(9, 'x')))],
    ['a field of another type', body('ConfigMap', message(named('a'), field(2, 7)))],
    ['a message that is cut off', body('Namespace', named('a').subarray(0, -1))],
    ['another format', Buffer.from('{}')],
    ['nothing', Buffer.alloc(0)],
  ];
  for (const [name, bytes] of refused) {
    it(`does not guess at ${name}`, () => assert.equal(decodeProtobuf(bytes), undefined));
  }

  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        decodeProtobuf(Buffer.concat([Buffer.from('k8s\0'), bytes]));
        decodeProtobuf(body('ConfigMap', Buffer.from(bytes)));
      }),
    );
  });
});
