/** What one place of a pattern takes: any run of characters, any one character, or those that the test says yes to. */
type Piece = '*' | '?' | ((character: string) => boolean);

/** A compiled pattern; answers in time that grows with the product of both lengths at most. */
export type ShellPattern = (text: string) => boolean;

/**
 * Compiles a shell pattern (`*`, `?`, `[a-z]`, `[^a-z]`, `\` before a character) as Go's `path.Match` reads it; undefined when it is malformed.
 * No RegExp: the patterns are other people's, and `*a*a*a*a…` would keep one busy for hours.
 */
export function shellPattern(text: string): ShellPattern | undefined {
  const pieces = readPieces(Array.from(text));
  return pieces === undefined ? undefined : candidate => matchPieces(pieces, Array.from(candidate));
}

function readPieces(characters: readonly string[]): readonly Piece[] | undefined {
  const pieces: Piece[] = [];
  for (let at = 0; at < characters.length; ) {
    const read = readPiece(characters, at);
    if (read === undefined) return undefined;
    pieces.push(read.piece);
    at = read.next;
  }
  return pieces;
}

interface Read<T> {
  readonly piece: T;
  readonly next: number;
}

function readPiece(characters: readonly string[], at: number): Read<Piece> | undefined {
  const first = characters[at] ?? '';
  if (first === '*' || first === '?') return { piece: first, next: at + 1 };
  if (first === '[') return readClass(characters, at + 1);
  const literal = readCharacter(characters, at);
  if (literal === undefined) return undefined;
  return { piece: character => character === literal.piece, next: literal.next };
}

/** The inside of `[…]`: at least one character or range. */
function readClass(characters: readonly string[], start: number): Read<Piece> | undefined {
  const negated = characters[start] === '^';
  const ranges: (readonly [low: string, high: string])[] = [];
  let at = negated ? start + 1 : start;
  while (characters[at] !== ']' || ranges.length === 0) {
    const range = readRange(characters, at);
    if (range === undefined) return undefined;
    ranges.push(range.piece);
    at = range.next;
  }
  const piece = (character: string): boolean =>
    ranges.some(([low, high]) => low <= character && character <= high) !== negated;
  return { piece, next: at + 1 };
}

function readRange(
  characters: readonly string[],
  at: number,
): Read<readonly [string, string]> | undefined {
  const low = readClassCharacter(characters, at);
  if (low === undefined || characters[low.next] !== '-') {
    return low && { piece: [low.piece, low.piece], next: low.next };
  }
  const high = readClassCharacter(characters, low.next + 1);
  return high && { piece: [low.piece, high.piece], next: high.next };
}

function readClassCharacter(characters: readonly string[], at: number): Read<string> | undefined {
  const character = characters[at];
  return character === '-' || character === ']' ? undefined : readCharacter(characters, at);
}

function readCharacter(characters: readonly string[], at: number): Read<string> | undefined {
  const escaped = characters[at] === '\\';
  const piece = characters[escaped ? at + 1 : at];
  return piece === undefined ? undefined : { piece, next: at + (escaped ? 2 : 1) };
}

/** Goes back to the last `*` only: what an earlier one could take, the last one can take as well. */
function matchPieces(pieces: readonly Piece[], characters: readonly string[]): boolean {
  let piece = 0;
  let star: { readonly piece: number; at: number } | undefined;
  for (let at = 0; at < characters.length; ) {
    const current = pieces[piece];
    if (current === '*') {
      star = { piece: ++piece, at };
    } else if (current !== undefined && takes(current, characters[at] ?? '')) {
      piece++;
      at++;
    } else if (star !== undefined) {
      piece = star.piece;
      at = ++star.at;
    } else {
      return false;
    }
  }
  return pieces.slice(piece).every(rest => rest === '*');
}

function takes(piece: Exclude<Piece, '*'>, character: string): boolean {
  return piece === '?' || piece(character);
}
