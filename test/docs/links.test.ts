import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pagePaths } from './blocks/doc-pages.ts';

/** Links of a page to files and headings of the checkout. */
function linksOf(markdown: string): readonly string[] {
  const prose = markdown.replaceAll(/^ *```.*?^ *```/gms, '').replaceAll(/`[^`\n]*`/g, '');
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return links.filter(target => !/^[a-z]+:/.test(target));
}

/** As GitHub names headings. */
function anchorsOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('Links of the pages', () => {
  for (const path of pagePaths()) {
    it(`lead somewhere (${path})`, () => {
      for (const link of linksOf(readFileSync(path, 'utf8'))) {
        const [file = '', anchor] = link.split('#');
        const target = file === '' ? path : join(dirname(path), file);
        assert.ok(existsSync(target), link);
        if (anchor === undefined || !target.endsWith('.md')) continue;
        assert.ok(anchorsOf(readFileSync(target, 'utf8')).includes(anchor), link);
      }
    });
  }

  it('of docs/README.md lead to every page but those of one alert or decision', () => {
    const index = linksOf(readFileSync('docs/README.md', 'utf8')).map(link => join('docs', link));
    const pages = pagePaths().filter(path => /^docs\/(?!adr\/|runbooks\/|README)/.test(path));
    assert.deepEqual(
      pages.filter(path => !index.includes(path)),
      [],
    );
  });
});
