import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { customResourceDefinitions, OWN_CRDS } from './crds.ts';
import { credentialProviderParts, daemon, imageFsParts } from './daemon.ts';
import { daemonRbac } from './daemon-rbac.ts';
import { manager } from './manager.ts';
import { managerRbac } from './manager-rbac.ts';
import { namespaces } from './namespaces.ts';
import { networkPolicies } from './network-policies.ts';
import { nodeIsolationPolicy } from './node-isolation.ts';
import { DEFAULT_IMAGE } from './render.ts';
import { retireHook } from './retire-hook.ts';
import { services } from './services.ts';
import { nodeIsolationWebhook, webhookConfigurations } from './webhook-configurations.ts';

const HEADER =
  '# Generated: npm run generate. Templates of the chart read it and change what values say.\n';

/** What stands in files where a template puts a value. */
const PLACEHOLDER = { configMap: 'CONFIG_MAP', binDir: 'BIN_DIR', imageFsDir: 'IMAGE_FS_DIR' };

/**
 * The files of the Helm chart that are not written by hand, by their name in `manifests/chart/files`: what install.yaml holds, as lists of
 * objects, what options of the daemon add to it, and copies of what Helm may not read outside of its chart.
 */
export function chartFiles(): Readonly<Record<string, string>> {
  const image = DEFAULT_IMAGE;
  return {
    'namespaces.yaml': yaml(namespaces()),
    'crds.yaml': yaml(customResourceDefinitions(OWN_CRDS)),
    'rbac.yaml': yaml([...managerRbac(), ...daemonRbac()]),
    'node-isolation-policy.yaml': yaml(nodeIsolationPolicy()),
    'node-isolation-webhook.yaml': yaml([nodeIsolationWebhook()]),
    'network-policies.yaml': yaml(networkPolicies()),
    'services.yaml': yaml(services()),
    'manager.yaml': yaml(manager({ image })),
    'daemon.yaml': yaml([daemon({ image })]),
    'daemon-credential-provider.yaml': yaml(credentialProviderParts(PLACEHOLDER)),
    'daemon-image-fs.yaml': yaml(imageFsParts(PLACEHOLDER.imageFsDir)),
    'webhook-configurations.yaml': yaml(webhookConfigurations()),
    'retire-hook.yaml': yaml(retireHook({ image })),
    'alert-rules.yaml': observability('alert-rules.yaml'),
    'grafana-dashboard.json': observability('grafana-dashboard.json'),
  };
}

const yaml = (value: unknown): string =>
  HEADER + stringify(value, { aliasDuplicateObjects: false, lineWidth: 120 });

const observability = (name: string): string =>
  readFileSync(new URL(`./observability/${name}`, import.meta.url), 'utf8');
