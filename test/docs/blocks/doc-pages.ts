import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DocBlock, docBlocks } from './doc-block.ts';

const CHECKOUT = join(import.meta.dirname, '..', '..', '..');
const PAGES = ['README.md', 'CONTRIBUTING.md'];
const FOLDERS = ['docs', 'manifests', 'test'];
/** The first page installs, the last one uninstalls. */
const [FIRST, LAST] = ['README.md', 'docs/quick-start-on-a-cluster.md'];

/** A page with its blocks. */
export interface DocPage {
  /** Path in the checkout. */
  readonly path: string;
  readonly blocks: readonly DocBlock[];
}

/** Every page of the checkout that people read, in the order in which its commands run. */
export function docPages(): readonly DocPage[] {
  const rank = (path: string): number => (path === FIRST ? 0 : path === LAST ? 2 : 1);
  return pagePaths()
    .toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b))
    .map(path => ({ path, blocks: blocksOf(path) }));
}

/** The paths of these pages in the checkout. */
export function pagePaths(): readonly string[] {
  return [...PAGES, ...FOLDERS.flatMap(markdownIn)];
}

function markdownIn(folder: string): readonly string[] {
  return readdirSync(join(CHECKOUT, folder), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.md'))
    .map(path => join(folder, path));
}

function blocksOf(path: string): readonly DocBlock[] {
  try {
    return docBlocks(readFileSync(join(CHECKOUT, path), 'utf8'));
  } catch (cause) {
    throw new Error(`${path}: ${String(cause)}`, { cause });
  }
}
