import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { ciSteps } from './ci-steps.ts';
import { type DocPage, docPages } from './doc-pages.ts';

describe('Blocks of the pages', () => {
  let pages: readonly DocPage[];

  before(() => {
    pages = docPages();
  });

  it('are read on every page, the one that installs first and the one that uninstalls last', () => {
    assert.ok(pages.length > 30);
    assert.equal(pages[0]?.path, 'README.md');
    assert.equal(pages.at(-1)?.path, 'docs/quick-start-on-a-cluster.md');
    assert.ok(pages.every(({ path }) => existsSync(path)));
    assert.ok(pages.flatMap(({ blocks }) => blocks).length > 60);
  });

  it('that are a step of .ci/run are what that step runs', () => {
    const steps = ciSteps();
    assert.equal(steps.get('test'), 'npm test');
    for (const { path, blocks } of pages) {
      for (const { line, text, directives } of blocks) {
        if (directives.step === undefined) continue;
        assert.equal(text.trim(), steps.get(directives.step), `${path}:${line}`);
      }
    }
  });

  it('that are kept in a file are used by a later command', () => {
    for (const { path, blocks } of pages) {
      for (const [index, { line, directives }] of blocks.entries()) {
        const { file } = directives;
        if (file === undefined) continue;
        const later = blocks.slice(index + 1).some(({ text }) => text.includes(file));
        assert.ok(later, `${path}:${line}: nothing uses ${file}`);
      }
    }
  });
});
