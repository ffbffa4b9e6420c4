import { Command } from 'commander';
import { untilSignalled } from '../exit.ts';

/** `headstart daemon`: pulls images on one node. */
export function daemonCommand(): Command {
  return new Command('daemon')
    .description('Pull on this node what its NodeImage asks for.')
    .option('--node-name <name>', 'name of the Node; default: NODE_NAME')
    .option(
      '--kubeconfig <path>',
      'kubeconfig to use; default: KUBECONFIG, else the pod it runs in',
    )
    .option('--context <name>', 'context of the kubeconfig')
    .option(
      '--run-dir <path>',
      'where /run of the node is seen; container runtimes are looked for below it',
      '/run',
    )
    .option(
      '--runtime-endpoint <path>',
      'socket of the container runtime, instead of looking for one',
    )
    .option(
      '--kubelet-dir <path>',
      "kubelet's --root-dir; its config.json may hold credentials of the node",
      '/var/lib/kubelet',
    )
    .option(
      '--credential-provider-config <path>',
      'CredentialProviderConfig of kubelet, or a folder of them',
    )
    .option('--credential-provider-bin-dir <path>', 'where the programs of its plugins are')
    .option('--max-concurrent-pulls <count>', 'pulls at once on this node', '3')
    .option(
      '--max-concurrent-pulls-per-registry <count>',
      'pulls at once from any one registry; 0: no limit but the one above',
      '0',
    )
    .option(
      '--image-fs-dir <path>',
      'where a folder of the file system of images is seen; without it disks are not looked at',
    )
    .option(
      '--image-fs-high-water <percent>',
      'no pull starts while the file system of images is as full',
      '85',
    )
    .option(
      '--metrics-address <address>',
      'where /metrics, /healthz and /readyz are served',
      ':10221',
    )
    .option('--log-level <level>', 'debug, info, warn or error', 'info')
    .action(async (raw: Record<string, unknown>) => {
      const { readDaemonOptions } = await import('./options.ts');
      const { runDaemon } = await import('./run-daemon.ts');
      await untilSignalled(signal => runDaemon(readDaemonOptions(raw), signal));
    });
}
