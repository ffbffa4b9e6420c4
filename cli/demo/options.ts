import { OptionReader, type RawOptions } from '../option-reader.ts';

export interface DemoOptions {
  readonly keep: boolean;
  readonly nodes: number;
  readonly replicas: number;
}

/** Turns the flags of `headstart demo` into options; throws CONFIG_INVALID with every problem. */
export function readDemoOptions(raw: RawOptions): DemoOptions {
  const reader = new OptionReader(raw);
  const options = {
    keep: reader.flag('keep'),
    nodes: reader.integer('nodes', { min: 1, max: 200 }),
    replicas: reader.integer('replicas', { min: 4, max: 200 }),
  };
  reader.finish();
  return options;
}
