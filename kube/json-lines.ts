const NEWLINE = 0x0a;

/**
 * Splits a stream of bytes into lines and parses each as JSON. Bytes are joined before they are decoded, so a chunk may end anywhere, also
 * inside a character. Throws SyntaxError on a line that is not JSON and on a last line without its end.
 */
export async function* jsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  let pieces: Uint8Array[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end < 0) break;
      pieces.push(chunk.subarray(start, end));
      const line = decode(pieces);
      pieces = [];
      start = end + 1;
      if (line !== '') yield JSON.parse(line);
    }
    if (start < chunk.length) pieces.push(chunk.subarray(start));
  }
  if (decode(pieces) !== '') throw new SyntaxError('the stream ended inside a line');
}

function decode(pieces: readonly Uint8Array[]): string {
  const [only] = pieces;
  const bytes = pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8').trim();
}
