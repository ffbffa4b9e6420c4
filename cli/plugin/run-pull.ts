import { randomBytes } from 'node:crypto';
import { IMAGE_PULL_JOBS } from '../../api/resources.ts';
import type { RawOptions } from '../option-reader.ts';
import { EXIT } from './exit-codes.ts';
import { followJob } from './follow-job.ts';
import { type PullOptions, readPullOptions } from './pull-options.ts';
import type { Session } from './session.ts';
import { objectsAs, structured } from './structured-output.ts';

/** Creates a pull job and, when asked, follows it to its end. */
export async function runPull(image: string, raw: RawOptions, session: Session): Promise<number> {
  const options = readPullOptions(image, raw, randomBytes(3).toString('hex'));
  const { client, namespace, signal } = session;
  const { name, template } = options;
  const wanted = { metadata: { name, namespace }, spec: { image, ...template } };
  const job = await client.create(IMAGE_PULL_JOBS, wanted, { signal });
  // With --wait a program gets one object: the job as it ended.
  if (options.wait && isData(options)) return followJob(options, session);
  const [line = ''] = objectsAs('name', [job], 'imagepulljob.apps.kruise.io');
  if (isData(options)) session.out.print(structured(options.output, job));
  else session.out.print([options.output === 'name' ? line : `${line} created`]);
  if (!options.wait) return EXIT.ok;
  return followJob(options, session);
}

function isData({ output }: PullOptions): boolean {
  return output === 'json' || output === 'yaml';
}
