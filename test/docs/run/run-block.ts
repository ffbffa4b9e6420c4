import assert from 'node:assert/strict';
import { until } from '../../cluster/until.ts';
import { consoleSession, type ShownCommand } from '../blocks/console-session.ts';
import type { DocBlock } from '../blocks/doc-block.ts';
import { isShown } from '../blocks/shown-output.ts';
import type { DocsWorld } from './docs-world.ts';

/** Dry run: the next page needs the cluster as it was. */
const APPLY = 'kubectl apply --server-side --dry-run=server --validate=strict -f -';
/** Commands that only look are asked again until they show what the page shows. */
const LOOKS = /^kubectl (?:get|headstart (?:status|why|nodes))\b/;
const LOOK_MS = 20_000;

/** Does with a block what its reader does; fails with what was printed. */
export async function runBlock(block: DocBlock, world: DocsWorld): Promise<void> {
  const { images, before, file } = block.directives;
  await world.push(images);
  for (const command of before) await mustScript(command, world);
  const text = replaced(block.text, block);
  if (file !== undefined) {
    await mustScript(`cat > ${file} <<'END-OF-BLOCK'\n${text}END-OF-BLOCK\n`, world);
    return;
  }
  switch (block.language) {
    case 'sh':
      await mustScript(text, world);
      return;
    case 'yaml':
      await mustApply(text, world);
      return;
    case 'console':
      for (const shown of consoleSession(text)) await runShown(shown, block, world);
      return;
    case 'text':
  }
}

function replaced(text: string, { directives }: DocBlock): string {
  return directives.replacements.reduce((all, [word, by]) => all.replaceAll(word, by), text);
}

async function mustScript(text: string, { shell }: DocsWorld): Promise<string> {
  const { stdout, code } = await shell.script(text);
  assert.equal(code, 0, `${text}\n${stdout}`);
  return stdout;
}

async function mustApply(text: string, world: DocsWorld): Promise<void> {
  const output = await mustScript(`${APPLY} <<'END-OF-BLOCK'\n${text}END-OF-BLOCK\n`, world);
  assert.doesNotMatch(output, /Warning:/, output);
}

async function runShown(
  { command, output }: ShownCommand,
  { directives }: DocBlock,
  { shell }: DocsWorld,
): Promise<void> {
  const options = { numbersVary: directives.numbersVary !== undefined };
  let printed = '';
  const fits = async (): Promise<boolean> => {
    const result = await shell.command(command);
    printed = result.stdout;
    // A command that shows nothing says by its end that all went well.
    return output.length === 0 ? result.code === 0 : isShown(output, printed, options);
  };
  const fitted = LOOKS.test(command)
    ? await until(fits, { what: command, timeoutMs: LOOK_MS, everyMs: 500 }).catch(() => false)
    : await fits();
  assert.ok(fitted, `$ ${command}\n${printed}\nand the page shows\n${output.join('\n')}`);
}
