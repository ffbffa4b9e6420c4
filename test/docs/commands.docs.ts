import assert from 'node:assert/strict';
import { diagnoseFailures } from '../cluster/diagnose.ts';
import { docPages } from './blocks/doc-pages.ts';
import { reasonNotToRun } from './blocks/reason-not-to-run.ts';
import { type DocsWorld, startDocsWorld } from './run/docs-world.ts';
import { runBlock } from './run/run-block.ts';

// Every page of the checkout, block by block, on one cluster: the first page installs Headstart, the last one takes it away.
describe('Commands and samples of the pages', () => {
  const pages = docPages();
  let world: DocsWorld;
  let ran = 0;
  const left: string[] = [];

  before(async () => {
    world = await startDocsWorld();
  });
  after(async () => {
    await world?.[Symbol.asyncDispose]();
    const list = left.map(line => `  ${line}`).join('\n');
    console.log(`\n${ran} blocks ran, ${left.length} did not:\n${list}\n`);
  });
  diagnoseFailures(() => world?.cluster);

  for (const { path, blocks } of pages) {
    const running = blocks.filter(({ language }) => language !== 'text');
    if (running.length === 0) continue;
    describe(path, () => {
      after(() => world?.tidy());
      for (const block of running) {
        const place = `${path}:${block.line} (${block.language})`;
        const reason = reasonNotToRun(block);
        if (reason !== undefined) {
          left.push(`${place}: ${reason}`);
          continue;
        }
        it(`${place} works`, async () => {
          ran++;
          await runBlock(block, world);
        });
      }
    });
  }

  // A suite of its own: mocha runs the tests of a suite before the suites in it.
  describe('all of them', () => {
    it('ran but for those that say why not', () => {
      const all = pages.flatMap(({ blocks }) => blocks);
      const runnable = all.filter(({ language }) => language !== 'text');
      assert.equal(ran + left.length, runnable.length);
      assert.ok(ran > left.length);
    });
  });
});
