import type { NodeCredentialsOptions } from '../../daemon/credentials/node-credentials.ts';
import type { LogLevel } from '../../runtime/log-fields.ts';
import { type AccessOptions, readAccessOptions } from '../kube-access.ts';
import { type ListenAddress, OptionReader, type RawOptions } from '../option-reader.ts';

export interface DaemonCommandOptions {
  readonly nodeName: string;
  readonly access: AccessOptions;
  readonly runDir: string;
  readonly runtimeEndpoint?: string;
  readonly nodeCredentials: NodeCredentialsOptions;
  readonly maxConcurrentPulls: number;
  readonly maxConcurrentPullsPerRegistry?: number;
  readonly imageFsDir?: string;
  readonly imageFsHighWater: number;
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
  const perRegistry = reader.integer('maxConcurrentPullsPerRegistry', { min: 0, max: 100 });
  const imageFsDir = reader.text('imageFsDir');
  const options = {
    nodeName: reader.requiredText('nodeName', 'the name of the Node this runs on, or NODE_NAME'),
    access: readAccessOptions(reader),
    runDir: reader.requiredText('runDir', 'the folder of the runtime sockets'),
    ...(runtimeEndpoint === undefined ? {} : { runtimeEndpoint }),
    nodeCredentials: readNodeCredentials(reader),
    maxConcurrentPulls: reader.integer('maxConcurrentPulls', { min: 1, max: 100 }),
    ...(perRegistry === 0 ? {} : { maxConcurrentPullsPerRegistry: perRegistry }),
    ...(imageFsDir === undefined ? {} : { imageFsDir }),
    imageFsHighWater: reader.integer('imageFsHighWater', { min: 1, max: 100 }),
    metrics: reader.address('metricsAddress'),
    logLevel: reader.oneOf<LogLevel>('logLevel', ['info', 'debug', 'warn', 'error']),
  };
  reader.finish();
  return options;
}

function readNodeCredentials(reader: OptionReader): NodeCredentialsOptions {
  const homeDir = process.env['HOME'];
  const dockerConfig = {
    kubeletDir: reader.requiredText('kubeletDir', "kubelet's --root-dir"),
    workingDir: process.cwd(),
    ...(homeDir === undefined || homeDir === '' ? {} : { homeDir }),
  };
  const given = ['credentialProviderConfig', 'credentialProviderBinDir'].some(
    name => reader.text(name) !== undefined,
  );
  if (!given) return { dockerConfig };
  const configPath = reader.requiredText('credentialProviderConfig', 'what the plugins are for');
  const binDir = reader.requiredText('credentialProviderBinDir', 'where the plugins are');
  return { dockerConfig, plugins: { configPath, binDir } };
}
