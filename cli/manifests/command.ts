import { Command } from 'commander';
import type { InstallOptions, NodeIsolation } from '../../manifests/render.ts';
import { OptionReader, type RawOptions } from '../option-reader.ts';

/** `headstart manifests`: everything that is installed, as one YAML stream. */
export function manifestsCommand(): Command {
  return new Command('manifests')
    .description('Print everything that is installed on a cluster, as YAML for kubectl apply.')
    .option('--image <reference>', 'image of manager and daemon')
    .option(
      '--node-isolation <how>',
      'what holds each daemon to its own node: policy (Kubernetes 1.30 and newer) or webhook',
      'policy',
    )
    .option(
      '--credential-provider-config-map <name>',
      'ConfigMap of headstart-daemon with the CredentialProviderConfig of kubelet',
    )
    .option('--credential-provider-bin-dir <path>', 'folder of the nodes with the plugins it names')
    .option(
      '--image-fs-dir <path>',
      'a folder of the nodes on the file system of images; no pull starts while that is 85 % full',
    )
    .action(async (raw: RawOptions) => {
      const { renderInstall } = await import('../../manifests/render.ts');
      process.stdout.write(renderInstall(readInstallOptions(raw)));
    });
}

function readInstallOptions(raw: RawOptions): InstallOptions {
  const reader = new OptionReader(raw);
  const image = reader.text('image');
  const nodeIsolation = reader.oneOf<NodeIsolation>('nodeIsolation', ['policy', 'webhook']);
  const credentialProvider = readCredentialProvider(reader);
  const imageFsDir = reader.text('imageFsDir');
  reader.finish();
  return {
    nodeIsolation,
    ...(image === undefined ? {} : { image }),
    ...(credentialProvider === undefined ? {} : { credentialProvider }),
    ...(imageFsDir === undefined ? {} : { imageFsDir }),
  };
}

function readCredentialProvider(reader: OptionReader): InstallOptions['credentialProvider'] {
  const names = ['credentialProviderConfigMap', 'credentialProviderBinDir'] as const;
  if (names.every(name => reader.text(name) === undefined)) return undefined;
  const configMap = reader.requiredText(names[0], 'which plugins to run, and for what');
  const binDir = reader.requiredText(names[1], 'where the plugins are on the nodes');
  return { configMap, binDir };
}
