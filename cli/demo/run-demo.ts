import type { DemoOptions } from './options.ts';

/** Runs the demo. */
export async function runDemo(_options: DemoOptions, _signal: AbortSignal): Promise<void> {
  await Promise.resolve();
}
