import { existsSync } from 'node:fs';
import { cp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '../../cluster/process.ts';

const CHECKOUT = join(import.meta.dirname, '..', '..', '..');

/** Copies what git tracks or would track to `folder`, with the installed packages: commands of pages build and write there. */
export async function copyCheckout(folder: string): Promise<void> {
  const list = ['git', '-C', CHECKOUT, 'ls-files', '-z', '--cached', '--others'];
  const files = (await mustRun([...list, '--exclude-standard'])).split('\0');
  const present = files.filter(file => file !== '' && existsSync(join(CHECKOUT, file)));
  for (const file of present) {
    await cp(join(CHECKOUT, file), join(folder, file), { verbatimSymlinks: true });
  }
  await symlink(join(CHECKOUT, 'node_modules'), join(folder, 'node_modules'));
}
