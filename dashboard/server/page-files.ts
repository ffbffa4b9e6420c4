import { readFileSync } from 'node:fs';
import { HeadstartError } from '../../runtime/errors.ts';

/** One file of the page. */
export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
}

/** Path → name and type. Nothing else is served, whatever a path looks like. */
const FILES = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/icon.svg': ['icon.svg', 'image/svg+xml'],
} as const;

/** Reads the built page into memory, by path. Throws CONFIG_INVALID when it is not there. */
export function readPageFiles(folder: URL): ReadonlyMap<string, PageFile> {
  try {
    return new Map(
      Object.entries(FILES).map(([path, [name, type]]) => [
        path,
        { type, body: readFileSync(new URL(name, folder)) },
      ]),
    );
  } catch (cause) {
    throw new HeadstartError(
      'CONFIG_INVALID',
      `the page of the dashboard is not in ${folder.pathname}: run npm run build, and start dist/headstart.mjs`,
      { cause },
    );
  }
}
