import type { LogLevel } from '../../runtime/log-fields.ts';
import { type AccessOptions, readAccessOptions } from '../kube-access.ts';
import { type ListenAddress, OptionReader, type RawOptions } from '../option-reader.ts';

export interface DaemonCommandOptions {
  readonly nodeName: string;
  readonly access: AccessOptions;
  readonly runDir: string;
  readonly runtimeEndpoint?: string;
  readonly maxConcurrentPulls: number;
  readonly metrics: ListenAddress;
  readonly logLevel: LogLevel;
}

/** Turns the flags of `headstart daemon` into options; throws CONFIG_INVALID with every problem. */
export function readDaemonOptions(raw: RawOptions): DaemonCommandOptions {
  const reader = new OptionReader({
    ...raw,
    nodeName: raw['nodeName'] ?? process.env['NODE_NAME'],
  });
  const runtimeEndpoint = reader.text('runtimeEndpoint');
  const options = {
    nodeName: reader.requiredText('nodeName', 'the name of the Node this runs on, or NODE_NAME'),
    access: readAccessOptions(reader),
    runDir: reader.requiredText('runDir', 'the folder of the runtime sockets'),
    ...(runtimeEndpoint === undefined ? {} : { runtimeEndpoint }),
    maxConcurrentPulls: reader.integer('maxConcurrentPulls', { min: 1, max: 100 }),
    metrics: reader.address('metricsAddress'),
    logLevel: reader.oneOf<LogLevel>('logLevel', ['info', 'debug', 'warn', 'error']),
  };
  reader.finish();
  return options;
}
