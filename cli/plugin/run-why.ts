import { OptionReader, type RawOptions } from '../option-reader.ts';
import { EXIT } from './exit-codes.ts';
import { findWorkload } from './find-workload.ts';
import type { Session } from './session.ts';
import { structured } from './structured-output.ts';
import { whyLines, whyReport } from './why-report.ts';
import { readStory } from './workload-story.ts';

/** Prints why `workload` (kind/name) was or was not warmed. */
export async function runWhy(text: string, raw: RawOptions, session: Session): Promise<number> {
  const reader = new OptionReader(raw);
  const output = reader.oneOf('output', ['table', 'json', 'yaml']);
  reader.finish();
  const story = await readStory(await findWorkload(text, session), session);
  const report = whyReport(story);
  const { out, clock } = session;
  out.print(output === 'table' ? whyLines(report, clock.now()) : structured(output, report));
  return EXIT.ok;
}
