import type { DocBlock } from './doc-block.ts';

/** Why the tests leave a block to others; undefined for one that they run. */
export function reasonNotToRun({ directives }: DocBlock): string | undefined {
  if (directives.step !== undefined) return `is the step "${directives.step}" of .ci/run`;
  return directives.skip;
}
