import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { type Look, openPage, PHONE, PHONE_DARK, untilLive, WIDE, WIDE_DARK } from './browser.ts';

/** Name of the file → how the page is looked at. */
const LOOKS: Readonly<Record<string, Look>> = {
  'wide-light': WIDE,
  'wide-dark': WIDE_DARK,
  'phone-light': PHONE,
  'phone-dark': PHONE_DARK,
};

/** Takes a picture for each way to look, after `prepare`; complaints of the page come back. */
export async function takeScreenshots(
  browser: Browser,
  shot: {
    readonly url: string;
    readonly name: string;
    readonly folder: string;
    readonly prepare?: (page: Page) => Promise<void>;
  },
): Promise<readonly string[]> {
  await mkdir(shot.folder, { recursive: true });
  const all: string[] = [];
  for (const [name, look] of Object.entries(LOOKS)) {
    const { page, complaints } = await openPage(browser, look);
    await page.goto(shot.url);
    await untilLive(page);
    await shot.prepare?.(page);
    await page.screenshot({ path: join(shot.folder, `dashboard-${shot.name}-${name}.png`) });
    all.push(...complaints);
    await page.close();
  }
  return all;
}
