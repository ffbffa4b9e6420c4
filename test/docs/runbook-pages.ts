import { readdirSync } from 'node:fs';

const FOLDER = new URL('../../docs/runbooks/', import.meta.url);

/** Names of the pages in docs/runbooks, sorted, without `.md`. */
export function runbookNames(): readonly string[] {
  return readdirSync(FOLDER)
    .filter(file => file.endsWith('.md'))
    .map(file => file.slice(0, -'.md'.length))
    .sort();
}
