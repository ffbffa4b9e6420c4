/** What comments above a block say about running it. Each is explained in test/docs/README.md. */
export interface Directives {
  /** Why the block cannot run here. */
  readonly skip?: string;
  /** The step of .ci/run that runs it. */
  readonly step?: string;
  /** Name of the file that commands further down expect it in. */
  readonly file?: string;
  /** Words of the page and what is written for them. */
  readonly replacements: readonly (readonly [word: string, by: string])[];
  /** Commands that make what the page takes for granted. */
  readonly before: readonly string[];
  /** Images that a registry has to have. */
  readonly images: readonly string[];
  /** Why numbers of the shown output are not compared. */
  readonly numbersVary?: string;
}

type Changes = { -readonly [K in keyof Directives]: Directives[K] };

const READERS: Readonly<Record<string, (directives: Changes, rest: string) => void>> = {
  skip: (directives, rest) => (directives.skip = rest),
  step: (directives, rest) => (directives.step = rest),
  file: (directives, rest) => (directives.file = rest),
  with: (directives, rest) => (directives.replacements = [...directives.replacements, pair(rest)]),
  before: (directives, rest) => (directives.before = [...directives.before, rest]),
  images: (directives, rest) => (directives.images = rest.split(' ')),
  'numbers-vary': (directives, rest) => (directives.numbersVary = rest),
};

/** Reads comments such as `skip REASON`; throws for one that is unknown or says nothing. */
export function parseDirectives(comments: readonly string[], line: number): Directives {
  const directives: Changes = { replacements: [], before: [], images: [] };
  for (const comment of comments) {
    const [, word = '', rest = ''] = /^(\S+) *(.*)$/.exec(comment) ?? [];
    const read = READERS[word];
    if (read === undefined) throw new Error(`line ${line}: unknown comment for the tests: ${word}`);
    if (rest === '') throw new Error(`line ${line}: what follows "${word}" is missing`);
    read(directives, rest);
  }
  return directives;
}

function pair(text: string): readonly [string, string] {
  const [word = '', by, ...more] = text.split(' => ');
  if (by === undefined || more.length > 0) throw new Error(`WORD => TEXT, not ${text}`);
  return [word, by];
}
