import { type Directives, parseDirectives } from './directives.ts';

/** What the tests do with a fenced block, by the word behind its fence. */
export const LANGUAGES = {
  sh: 'commands',
  console: 'commands with what they print',
  yaml: 'objects',
  text: 'read only',
} as const;

export type Language = keyof typeof LANGUAGES;

/** A fenced block of a Markdown page. */
export interface DocBlock {
  /** Line of the opening fence, from 1. */
  readonly line: number;
  readonly language: Language;
  /** Without the indentation of its fence. */
  readonly text: string;
  /** What comments above the fence say: test/docs/README.md. */
  readonly directives: Directives;
}

const FENCE = /^( *)(```+|~~~+) *(\S*) *$/;

/** The fenced blocks of a page, in order. Throws for a block or a comment that the tests would not understand. */
export function docBlocks(markdown: string): readonly DocBlock[] {
  const lines = markdown.split('\n');
  const blocks: DocBlock[] = [];
  let comments: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const [, indent = '', fence, language = ''] = FENCE.exec(line) ?? [];
    if (fence === undefined) {
      comments = stillAbove(comments, line);
      continue;
    }
    const end = lines.findIndex((other, index) => index > at && other.trim() === fence);
    if (end < 0) throw new Error(`line ${at + 1}: the block does not end`);
    const text = lines.slice(at + 1, end).map(each => each.slice(indentOf(each, indent)));
    blocks.push(
      readable({
        line: at + 1,
        language: known(language, at + 1),
        text: `${text.join('\n')}\n`,
        directives: parseDirectives(comments, at + 1),
      }),
    );
    comments = [];
    at = end;
  }
  if (comments.length > 0) throw new Error(`no block follows ${comments.join(' ')}`);
  return blocks;
}

/** The comments that belong to the next block, after `line`. */
function stillAbove(comments: string[], line: string): string[] {
  const comment = /^ *<!-- test: (.*) -->$/.exec(line)?.[1];
  if (comment !== undefined) return [...comments, comment];
  if (/^ *<!-- *test/.test(line)) throw new Error(`a comment for the tests is a line: ${line}`);
  if (comments.length > 0 && line.trim() !== '') {
    throw new Error(`a comment for the tests stands right above its block: ${comments.join(' ')}`);
  }
  return comments;
}

function indentOf(line: string, indent: string): number {
  return line.startsWith(indent) ? indent.length : 0;
}

function known(language: string, line: number): Language {
  if (language in LANGUAGES) return language as Language;
  throw new Error(`line ${line}: the language ${language || '(none)'} is none of the tests'`);
}

/** Commands may not hide in a block that nothing runs. */
function readable(block: DocBlock): DocBlock {
  if (block.language === 'text' && /^\$ /m.test(block.text)) {
    throw new Error(`line ${block.line}: a block with commands is console, not text`);
  }
  return block;
}
