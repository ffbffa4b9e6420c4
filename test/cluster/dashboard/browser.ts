import { readFile } from 'node:fs/promises';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { HeadstartError } from '../../../runtime/errors.ts';
import { findBinary } from '../binaries.ts';

/** How a page is looked at. */
export interface Look {
  readonly width: number;
  readonly height: number;
  readonly scheme: 'light' | 'dark';
}

export const WIDE: Look = { width: 1280, height: 700, scheme: 'light' };
export const WIDE_DARK: Look = { ...WIDE, scheme: 'dark' };
/** As wide and high as a common phone, in CSS pixels. */
export const PHONE: Look = { width: 390, height: 844, scheme: 'light' };
export const PHONE_DARK: Look = { ...PHONE, scheme: 'dark' };

/** Starts Chromium of this machine. Root cannot use its sandbox. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = findBinary('chromium');
  if (executablePath === undefined) {
    throw new HeadstartError('TERMINAL', 'chromium is not installed');
  }
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/** A page whose own complaints (errors, what its policy forbade) are collected. */
export interface WatchedPage {
  readonly page: Page;
  readonly complaints: readonly string[];
}

/** Opens a page of its own; `bypassCSP` lets the tests run scripts in it. */
export async function openPage(
  browser: Browser,
  { width, height, scheme }: Look,
  options: { readonly bypassCSP?: boolean; readonly ignoreHTTPSErrors?: boolean } = {},
): Promise<WatchedPage> {
  const page = await browser.newPage({
    viewport: { width, height },
    colorScheme: scheme,
    reducedMotion: 'reduce',
    ...options,
  });
  const complaints: string[] = [];
  page.on('pageerror', error => complaints.push(error.message));
  page.on('console', message => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return { page, complaints };
}

/** Waits until the page shows what it was told. */
export async function untilLive(page: Page): Promise<void> {
  await page.getByText('Live', { exact: true }).waitFor();
  await page.locator('canvas').waitFor();
}

/** What axe-core finds in the page that is serious or worse, a line each. The page needs `bypassCSP`. */
export async function seriousProblems(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const found = (await page.evaluate('axe.run()')) as axe.AxeResults;
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

/** Bytes that the page holds: its heap after a collection, and the memory of its process that nobody shares. */
export async function memoryOf(
  page: Page,
): Promise<{ readonly heapBytes: number; readonly processBytes: number }> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  await session.send('Performance.enable');
  const { metrics } = await session.send('Performance.getMetrics');
  const heapBytes = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN;
  const browser = page.context().browser();
  if (browser === null) throw new HeadstartError('TERMINAL', 'the page has no browser');
  const root = await browser.newBrowserCDPSession();
  const { processInfo } = await root.send('SystemInfo.getProcessInfo');
  await root.detach();
  const renderers = processInfo.filter(({ type }) => type === 'renderer');
  const sizes = await Promise.all(renderers.map(({ id }) => privateBytes(id)));
  await session.detach();
  return { heapBytes, processBytes: Math.max(...sizes) };
}

async function privateBytes(pid: number): Promise<number> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kilobytes = (field: string): number =>
    Number(new RegExp(`^${field}: +(\\d+) kB`, 'm').exec(rollup)?.[1] ?? Number.NaN);
  return (kilobytes('Private_Clean') + kilobytes('Private_Dirty')) * 1024;
}
