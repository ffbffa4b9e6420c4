import { OptionReader, type RawOptions } from '../option-reader.ts';
import { followJob } from './follow-job.ts';
import type { Session } from './session.ts';

/** Follows the job of that name to its end. */
export async function runWatch(name: string, raw: RawOptions, session: Session): Promise<number> {
  const reader = new OptionReader(raw);
  const timeoutMs = readTimeoutMs(reader);
  const output = reader.oneOf('output', ['table', 'json', 'yaml', 'name']);
  reader.finish();
  return followJob({ name, timeoutMs, output }, session);
}

/** `--timeout`: undefined for 0s, which waits for ever. */
export function readTimeoutMs(reader: OptionReader): number | undefined {
  const timeoutMs = reader.durationMs('timeout', { min: '0s', max: '30d' });
  return timeoutMs === 0 ? undefined : timeoutMs;
}
