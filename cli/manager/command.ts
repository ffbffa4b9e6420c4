import { Command } from 'commander';
import { untilSignalled } from '../exit.ts';
import { MANAGER_NAMESPACE_DEFAULT } from './options.ts';

/** `headstart manager`: webhooks, certificates and controllers. */
export function managerCommand(): Command {
  return new Command('manager')
    .description('Run the webhooks, their certificates and the controllers.')
    .option(
      '--namespace <name>',
      'namespace of the manager, its Lease and its certificate',
      MANAGER_NAMESPACE_DEFAULT,
    )
    .option(
      '--kubeconfig <path>',
      'kubeconfig to use; default: KUBECONFIG, else the pod it runs in',
    )
    .option('--context <name>', 'context of the kubeconfig')
    .option('--webhook-host <address>', 'address the webhook server listens on', '0.0.0.0')
    .option('--webhook-port <port>', 'port of the webhook server', '9443')
    .option(
      '--webhook-cert-dir <folder>',
      'folder with tls.crt, tls.key and perhaps ca.crt, as cert-manager provides it; default: certificates of our own in a Secret',
    )
    .option('--webhook-ca-lifetime <time>', 'how long our own authority lives', '3650d')
    .option('--webhook-cert-lifetime <time>', 'how long our own serving certificates live', '365d')
    .option(
      '--metrics-address <address>',
      'where /metrics, /healthz and /readyz are served',
      ':8080',
    )
    .option('--dashboard', 'serve a page that shows jobs and nodes; it can only be read')
    .option(
      '--dashboard-address <address>',
      'where the dashboard is served: on loopback over HTTP, for kubectl port-forward; elsewhere over HTTPS, for those who bring a token',
      '127.0.0.1:8090',
    )
    .option(
      '--leader-elect',
      'run the controllers only while holding the Lease; needed with more than one replica',
    )
    .option('--lease-seconds <seconds>', 'how long a Lease holds without being renewed', '15')
    .option(
      '--max-pulls-per-registry <pulls>',
      'pulls at once from any one registry, of all nodes together; 0: no ceiling',
      '0',
    )
    .option('--feature-gates <gates>', 'comma-separated Gate=true|false')
    .option('--log-level <level>', 'debug, info, warn or error', 'info')
    .action(async (raw: Record<string, unknown>) => {
      const { readManagerOptions } = await import('./options.ts');
      const { runManager } = await import('./run-manager.ts');
      await untilSignalled(signal => runManager(readManagerOptions(raw), signal));
    });
}
