import type { Command } from 'commander';
import type { RawOptions } from '../option-reader.ts';
import { type CompletionSource, complete, flagValues } from './complete.ts';

/** Bits that cobra, and so kubectl, reads after the completions. */
const FILES = 0;
const NO_SPACE = 2;
const NO_FILES = 4;

/** Lines for a shell or kubectl: a completion each, then `:` and what to do with them (kubectl, plugin completion). */
export async function completionLines(
  program: Command,
  words: readonly string[],
): Promise<readonly string[]> {
  const completion = complete(program, words);
  if ('values' in completion) return [...completion.values, `:${NO_FILES}`];
  const { source, prefix, before } = completion;
  if (source === 'files') return [`:${FILES}`];
  const values = await valuesOf(source, prefix, flagValues(program, words));
  const fitting = values.filter(value => value.startsWith(prefix)).map(value => before + value);
  const isHalf = fitting.length > 0 && fitting.every(value => value.endsWith('/'));
  return [...fitting, `:${isHalf ? NO_FILES + NO_SPACE : NO_FILES}`];
}

async function valuesOf(
  source: CompletionSource,
  prefix: string,
  flags: RawOptions,
): Promise<readonly string[]> {
  const { valuesOfSource } = await import('./completion-sources.ts');
  // A message in the middle of a command line would help nobody: without a cluster there are no completions.
  return valuesOfSource(source, prefix, flags).catch(() => []);
}
