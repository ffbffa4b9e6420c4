import { checkCountOrPercent } from '../../api/field-checks.ts';
import type { PullJobTemplate } from '../../api/image-pull-job.ts';
import { nodeImageEntryOf, parseImageReference } from '../../api/image-reference.ts';
import type { LabelSelector } from '../../api/meta.ts';
import { shortName } from '../../api/short-name.ts';
import { HeadstartError } from '../../runtime/errors.ts';
import { OptionReader, type RawOptions } from '../option-reader.ts';
import { parseSelector } from './parse-selector.ts';
import { readTimeoutMs } from './run-watch.ts';

/** A pull job, and what to do when it is there. */
export interface PullOptions {
  readonly name: string;
  readonly template: PullJobTemplate;
  readonly wait: boolean;
  readonly timeoutMs: number | undefined;
  readonly output: 'table' | 'json' | 'yaml' | 'name';
}

/** 63 characters less a hyphen and six of the ending that tells jobs of one image apart. */
const MAX_STEM = 56;

/** Turns image and flags into options; throws CONFIG_INVALID with every problem. */
export function readPullOptions(image: string, raw: RawOptions, ending: string): PullOptions {
  const reader = new OptionReader(raw);
  const options = {
    name: reader.text('name') ?? `${shortName(stemOf(image), MAX_STEM)}-${ending}`,
    template: readTemplate(reader, raw),
    wait: reader.flag('wait'),
    timeoutMs: readTimeoutMs(reader),
    output: reader.oneOf('output', ['table', 'json', 'yaml', 'name']),
  };
  if (options.timeoutMs !== undefined && !options.wait) reader.problem('timeout', 'needs --wait');
  reader.finish();
  return options;
}

/** Name and tag without registry and folders: what people call an image. */
function stemOf(image: string): string {
  const parsed = parseImageReference(image);
  if (!parsed.ok) throw new HeadstartError('CONFIG_INVALID', `image '${image}' ${parsed.message}`);
  const { name, tag } = nodeImageEntryOf(parsed.reference);
  const short = tag.startsWith('sha256:') ? tag.slice(7, 19) : tag;
  const stem = `${name.slice(name.lastIndexOf('/') + 1)}-${short}`.toLowerCase();
  return stem.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
}

function readTemplate(reader: OptionReader, raw: RawOptions): PullJobTemplate {
  const parallelism = readParallelism(reader);
  const timeout = reader.text('pullTimeout');
  const pullSecrets = raw['pullSecret'] as readonly string[] | undefined;
  const timeoutMs =
    timeout === undefined ? undefined : reader.durationMs('pullTimeout', { min: '1s', max: '30d' });
  return {
    completionPolicy: { type: 'Always' },
    ...readTargets(reader),
    ...(parallelism === undefined ? {} : { parallelism }),
    ...(timeoutMs === undefined ? {} : { pullPolicy: { timeoutSeconds: timeoutMs / 1000 } }),
    ...(pullSecrets === undefined ? {} : { pullSecrets }),
  };
}

function readTargets(reader: OptionReader): Pick<PullJobTemplate, 'selector' | 'podSelector'> {
  const given = ['nodes', 'selector', 'pods'].filter(name => reader.text(name) !== undefined);
  if (given.length > 1) {
    reader.problem(
      given[0] ?? '',
      `cannot stand together with --${given.slice(1).join(' and --')}`,
    );
  }
  const names = reader
    .text('nodes')
    ?.split(',')
    .filter(name => name !== '');
  if (names !== undefined) return { selector: { names } };
  const selector = readSelector(reader, 'selector');
  if (selector !== undefined) return { selector };
  const podSelector = readSelector(reader, 'pods');
  return podSelector === undefined ? {} : { podSelector };
}

function readSelector(reader: OptionReader, name: string): LabelSelector | undefined {
  const text = reader.text(name);
  if (text === undefined) return undefined;
  const parsed = parseSelector(text);
  if (parsed.ok) return parsed.selector;
  reader.problem(name, parsed.message);
  return undefined;
}

function readParallelism(reader: OptionReader): number | string | undefined {
  const text = reader.text('parallelism');
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : text;
  for (const { message } of checkCountOrPercent(value, '')) reader.problem('parallelism', message);
  return value;
}
