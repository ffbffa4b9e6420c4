import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { jsonLines } from '../../kube/json-lines.ts';

async function collect(chunks: readonly Uint8Array[]): Promise<unknown[]> {
  const lines: unknown[] = [];
  const source = (async function* () {
    yield* chunks;
  })();
  for await (const line of jsonLines(source)) lines.push(line);
  return lines;
}

const bytes = (text: string): Uint8Array => Buffer.from(text);

/** `data` cut at the given places. */
function cut(data: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [...new Set(places.map(place => place % (data.length + 1)))].sort((a, b) => a - b);
  const ends = [...sorted, data.length];
  return ends.map((end, i) => data.subarray(i === 0 ? 0 : ends[i - 1], end));
}

describe('jsonLines', () => {
  it('parses one line after the other and skips empty ones', async () => {
    assert.deepEqual(await collect([bytes('{"a":1}\n\n  \n[2]\r\n'), bytes('"x"\n')]), [
      { a: 1 },
      [2],
      'x',
    ]);
  });

  it('parses the same however the stream is cut, also inside characters', async () => {
    const places = fc.array(fc.nat(), { maxLength: 30 });
    const values = fc.array(fc.jsonValue(), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(values, fc.string({ unit: 'grapheme' }), places, async (some, text, at) => {
        const all = JSON.parse(JSON.stringify([...some, text])) as unknown[];
        const data = bytes(all.map(value => `${JSON.stringify(value)}\n`).join(''));
        assert.deepEqual(await collect(cut(data, at)), all);
      }),
      { numRuns: 300 },
    );
  });

  it('takes a line of many megabytes in small chunks', async () => {
    const value = { text: '漢字'.repeat(1_000_000) };
    const data = bytes(`${JSON.stringify(value)}\n`);
    const chunks: Uint8Array[] = [];
    for (let i = 0; i < data.length; i += 16_384) chunks.push(data.subarray(i, i + 16_384));
    assert.deepEqual(await collect(chunks), [value]);
  });

  for (const [name, text] of [
    ['is not JSON', 'nonsense\n'],
    ['has no end', '{"a":1}\n{"b":'],
  ] as const) {
    it(`rejects a line that ${name}`, async () => {
      await assert.rejects(collect([bytes(text)]), SyntaxError);
    });
  }
});
