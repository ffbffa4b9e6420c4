import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { NODE_IMAGES } from '../../api/resources.ts';
import type { EmbeddedCluster } from '../../cli/embedded/embedded-cluster.ts';
import { nodeImageOf } from '../dashboard/fleet.ts';
import type { FakeKube } from '../support/fake-kube.ts';
import {
  memoryOf,
  openPage,
  PHONE,
  PHONE_DARK,
  seriousProblems,
  startBrowser,
  untilLive,
  WIDE,
  WIDE_DARK,
} from './dashboard/browser.ts';
import { thousandsOfNodes, twelveNodes } from './dashboard/scenes.ts';
import { takeScreenshots } from './dashboard/screenshots.ts';
import {
  type BuiltPage,
  buildPage,
  type ServedDashboard,
  serveDashboard,
} from './dashboard/serve.ts';

const MANY = 5000;
/** What the page may hold in the browser; targets.md and issue texts ask for it at 5,000 nodes. */
const MOST_BYTES = 150e6;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

describe('the dashboard in Chromium', () => {
  let browser: Browser;
  let built: BuiltPage;
  /** Pictures go here; `npm run screenshots` keeps them. */
  let pictures: string;

  before(async () => {
    [browser, built] = await Promise.all([startBrowser(), buildPage()]);
    pictures = process.env['SCREENSHOTS'] ?? (await mkdtemp(join(tmpdir(), 'headstart-pictures-')));
  });
  after(async () => {
    await browser.close();
    await built[Symbol.asyncDispose]();
    if (process.env['SCREENSHOTS'] === undefined) await rm(pictures, { recursive: true });
  });

  describe('on twelve nodes with the real manager', () => {
    let cluster: EmbeddedCluster;
    let dashboard: ServedDashboard;

    before(async () => {
      cluster = await twelveNodes();
      dashboard = await serveDashboard(cluster.client, { page: built.folder });
    });
    after(async () => {
      await dashboard[Symbol.asyncDispose]();
      await cluster[Symbol.asyncDispose]();
    });

    const showStory = async (page: Page): Promise<void> => {
      await page.getByRole('button', { name: 'Story of CloneSet checkout' }).click();
      await page.getByRole('heading', { name: 'CloneSet default/checkout' }).waitFor();
      await page.getByText('First node pulls').waitFor();
    };

    it('shows the rollout, the job that failed and why, and the story of the workload, in pictures', async () => {
      const complaints = await takeScreenshots(browser, {
        url: dashboard.url,
        name: '12-nodes',
        folder: pictures,
        prepare: showStory,
      });
      assert.deepEqual(complaints, []);
      const { page } = await openPage(browser, WIDE);
      await page.goto(dashboard.url);
      await untilLive(page);
      const text = await page.locator('main').innerText();
      for (const part of [
        'Unauthorized',
        'default/ledger',
        'registry.example.com/shop/checkout:v42',
      ]) {
        assert.ok(text.includes(part), `${part} in ${text}`);
      }
      await page.close();
    });

    it('follows a pull without being asked', async () => {
      const { page } = await openPage(browser, PHONE);
      await page.goto(dashboard.url);
      await untilLive(page);
      const job = page.locator('li.job').filter({ hasText: 'default/checkout' });
      await job.getByText('Complete', { exact: true }).waitFor({ timeout: 150_000 });
      await showStory(page);
      await page.getByText('Warm', { exact: true }).waitFor({ timeout: 30_000 });
      await page.close();
    });
  });

  describe(`on ${MANY} nodes`, () => {
    let kube: FakeKube;
    let dashboard: ServedDashboard;

    before(async () => {
      kube = thousandsOfNodes(MANY);
      dashboard = await serveDashboard(kube, { page: built.folder });
    });
    after(() => dashboard[Symbol.asyncDispose]());

    const open = async (
      ...args: Parameters<typeof openPage> extends [Browser, ...infer R] ? R : never
    ) => {
      const watched = await openPage(browser, ...args);
      await watched.page.goto(dashboard.url);
      await untilLive(watched.page);
      return watched;
    };

    it('is looked at in every light and size, in pictures, without a complaint of the browser', async () => {
      const shot = { url: dashboard.url, name: `${MANY}-nodes`, folder: pictures };
      assert.deepEqual(await takeScreenshots(browser, shot), []);
    });

    it(`holds less than ${megabytes(MOST_BYTES)}`, async () => {
      const started = performance.now();
      const { page } = await open(WIDE);
      const loadedMs = performance.now() - started;
      for (let tick = 0; tick < 5; tick++) {
        for (let index = 3101; index <= 3500; index++) {
          const progress = 10 + tick * 15;
          const change = nodeImageOf(`node-${index}`, 'pulling', { progress });
          const { status } = change;
          await kube.patch(
            NODE_IMAGES,
            { name: `node-${index}` },
            { type: 'merge', body: { status } },
            { subresource: 'status' },
          );
        }
        await page.waitForTimeout(1100);
      }
      const { heapBytes, processBytes } = await memoryOf(page);
      console.log(
        `      ${MANY} nodes: shown after ${loadedMs.toFixed(0)} ms, heap ${megabytes(heapBytes)}, process ${megabytes(processBytes)}`,
      );
      assert.ok(heapBytes < MOST_BYTES && processBytes < MOST_BYTES);
      await page.close();
    });

    for (const [name, look] of Object.entries({ WIDE, WIDE_DARK, PHONE, PHONE_DARK })) {
      it(`has no serious problem of accessibility, ${name.toLowerCase().replace('_', ' and ')}`, async () => {
        const { page } = await open(look, { bypassCSP: true });
        await page.getByText('Nodes as a table').click();
        await page.getByRole('button', { name: 'node-1', exact: true }).click();
        await page.getByRole('heading', { name: 'node-1', exact: true }).waitFor();
        assert.deepEqual(await seriousProblems(page), []);
        await page.close();
      });
    }

    it('is no wider than a phone', async () => {
      const { page } = await open(PHONE);
      const width = await page.evaluate('document.documentElement.scrollWidth');
      assert.equal(width, PHONE.width);
      await page.close();
    });

    it('leads a keyboard from the top to the images of a failed node', async () => {
      const { page } = await open(WIDE);
      await page.keyboard.press('Tab');
      assert.equal(await focused(page), 'Skip to the jobs');
      await tabTo(page, 'Nodes as a table');
      await page.keyboard.press('Enter');
      await page.getByLabel(/^State/).waitFor();
      await page.keyboard.press('Tab');
      await page.keyboard.press('ArrowDown');
      await page.getByRole('row').nth(1).getByText('Unauthorized').waitFor();
      const node = await page.getByRole('row').nth(1).getByRole('button').innerText();
      await tabTo(page, node);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: node, exact: true }).waitFor();
      await page.getByText('401 Unauthorized').first().waitFor();
      await page.close();
    });

    it('points at nodes with the mouse', async () => {
      const { page } = await open(WIDE);
      await page.locator('canvas').hover({ position: { x: 3, y: 3 } });
      await page.getByText('node-1 · ').waitFor();
      await page.locator('canvas').click({ position: { x: 3, y: 3 } });
      await page.getByRole('heading', { name: 'node-1', exact: true }).waitFor();
      await page.close();
    });

    it('says when the manager is gone, and goes on when it is back', async () => {
      const other = await serveDashboard(kube, { page: built.folder });
      const { page } = await openPage(browser, WIDE);
      await page.goto(other.url);
      await untilLive(page);
      await other[Symbol.asyncDispose]();
      await page.getByText('The manager is gone since').waitFor();
      await page.locator('canvas').waitFor();
      const again = await serveDashboard(kube, { page: built.folder, port: other.port });
      await untilLive(page);
      assert.equal(await page.getByText('The manager is gone since').count(), 0);
      await page.close();
      await again[Symbol.asyncDispose]();
    });
  });
});

/** The name of what has the focus. */
function focused(page: Page): Promise<string> {
  return page.evaluate('document.activeElement.innerText?.trim() ?? ""');
}

/** Goes on with the Tab key until `name` has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab');
    if ((await focused(page)) === name) return;
  }
  assert.fail(`Tab does not come to ${name}`);
}
