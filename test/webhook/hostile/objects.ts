/** JSON texts of objects that no friend would send. As texts, because some of them no program would write. */

const deep = (open: string, close: string, depth: number): string =>
  open.repeat(depth) + close.repeat(depth);
const long = (length: number): string => 'x'.repeat(length);
const many = (count: number, item: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => item(i)).join(',');

/** Values for a place where something else belongs. */
export const HOSTILE_VALUES: Readonly<Record<string, string>> = {
  null: 'null',
  'a number': '1',
  'a number beyond all bounds': '1e400',
  'a number with 4,000 digits': '9'.repeat(4000),
  'minus zero': '-0',
  true: 'true',
  'an empty string': '""',
  'a string of 64 KiB': `"${long(64 * 1024)}"`,
  'half of a surrogate pair': '"\\ud800"',
  'a zero byte': '"a\\u0000b"',
  'control characters': '"\\u001b[2J\\r\\n\\u0007"',
  'right-to-left marks': '"\\u202egnp.exe"',
  'an empty array': '[]',
  'an array of nulls': '[null,null]',
  'an array of 5,000 numbers': `[${many(5_000, String)}]`,
  'arrays 2,000 levels deep': deep('[', ']', 2_000),
  'an empty object': '{}',
  'objects 2,000 levels deep': `${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`,
  'an object with 2,000 keys': `{${many(2_000, i => `"k${i}":${i}`)}}`,
  'a prototype': '{"__proto__":{"polluted":true}}',
  'a constructor': '{"constructor":{"prototype":{"polluted":true}}}',
  'methods that are no functions':
    '{"toString":1,"valueOf":2,"hasOwnProperty":3,"toJSON":4,"then":5}',
  'a length that lies': '{"length":1e9,"0":"a"}',
  'the same key twice': '{"a":1,"a":{"b":2},"a":null}',
};

/** Whole objects: `HERE` is where a hostile value goes. */
export const PLACES: Readonly<Record<string, string>> = {
  'the object': 'HERE',
  metadata: '{"metadata":HERE}',
  annotations: '{"metadata":{"name":"a","annotations":HERE}}',
  spec: '{"metadata":{"name":"a"},"spec":HERE}',
  'spec.image':
    '{"metadata":{"name":"a"},"spec":{"image":HERE,"completionPolicy":{"type":"Always"}}}',
  'spec.images': '{"metadata":{"name":"a"},"spec":{"images":HERE}}',
  'spec.selector': '{"metadata":{"name":"a"},"spec":{"image":"a","selector":HERE}}',
  'spec.selector.names': '{"metadata":{"name":"a"},"spec":{"image":"a","selector":{"names":HERE}}}',
  'spec.parallelism': '{"metadata":{"name":"a"},"spec":{"image":"a","parallelism":HERE}}',
  'spec.template': '{"metadata":{"name":"a"},"spec":{"template":HERE}}',
  containers: '{"metadata":{"name":"a"},"spec":{"template":{"spec":{"containers":HERE}}}}',
  'a container': '{"metadata":{"name":"a"},"spec":{"template":{"spec":{"containers":[HERE]}}}}',
  'an image of a container':
    '{"metadata":{"name":"a"},"spec":{"template":{"spec":{"containers":[{"name":"a","image":HERE}]}}}}',
  updateStrategy: '{"metadata":{"name":"a"},"spec":{"updateStrategy":HERE,"template":{}}}',
};
