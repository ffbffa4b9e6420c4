import assert from 'node:assert/strict';
import { docBlocks } from './doc-block.ts';

const page = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;
const NONE = { replacements: [], before: [], images: [] };

describe('docBlocks', () => {
  it('finds blocks with their lines and languages, and takes an indentation away', () => {
    const markdown = page(
      '# Title',
      '```sh',
      'npm test',
      '```',
      '',
      '1. A step:',
      '',
      '   ```yaml',
      '   a:',
      '     b: 1',
      '   ```',
    );
    assert.deepEqual(docBlocks(markdown), [
      { line: 2, language: 'sh', text: 'npm test\n', directives: NONE },
      { line: 8, language: 'yaml', text: 'a:\n  b: 1\n', directives: NONE },
    ]);
  });

  it('reads the comments right above a block, and only for that block', () => {
    const [first, second] = docBlocks(
      page(
        '<!-- test: with NAME => web -->',
        '<!-- test: with --type=json => --type=json --dry-run=server -->',
        '<!-- test: before kubectl create namespace shop -->',
        '<!-- test: images nginx:1 redis:8 -->',
        '',
        '```sh',
        'echo NAME',
        '```',
        '```sh',
        'echo NAME',
        '```',
      ),
    );
    assert.deepEqual(first?.directives, {
      replacements: [
        ['NAME', 'web'],
        ['--type=json', '--type=json --dry-run=server'],
      ],
      before: ['kubectl create namespace shop'],
      images: ['nginx:1', 'redis:8'],
    });
    assert.deepEqual(second?.directives, NONE);
  });

  it('takes a longer fence for a block that shows a fence', () => {
    const [block, ...others] = docBlocks(page('````text', '```sh', 'rm', '```', '````'));
    assert.equal(block?.text, '```sh\nrm\n```\n');
    assert.deepEqual(others, []);
  });

  const wrong: readonly (readonly [what: string, markdown: string, message: RegExp])[] = [
    ['a block without a language', page('```', 'ls', '```'), /line 1: the language \(none\)/],
    ['a language of nobody', page('```bash', 'ls', '```'), /the language bash/],
    ['commands that call themselves text', page('```text', '$ ls', '```'), /is console, not text/],
    ['a block without an end', page('```sh', 'ls'), /does not end/],
    ['an unknown comment', page('<!-- test: skp it -->', '```sh', '```'), /unknown comment .*skp/],
    ['a skip without a reason', page('<!-- test: skip  -->', '```sh', '```'), /"skip" is missing/],
    ['half a replacement', page('<!-- test: with NAME -->', '```sh', '```'), /WORD => TEXT/],
    ['a comment over prose', page('<!-- test: skip x -->', 'Text', '```sh', '```'), /right above/],
    ['a comment at the end', page('<!-- test: skip x -->'), /no block follows/],
    ['a comment of two lines', page('<!-- test: skip', 'x -->'), /is a line/],
  ];
  for (const [what, markdown, message] of wrong) {
    it(`refuses ${what}`, () => assert.throws(() => docBlocks(markdown), message));
  }
});
