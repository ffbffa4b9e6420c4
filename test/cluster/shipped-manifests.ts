import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '../../manifests/manifest.ts';
import { installManifests, type NodeIsolation, renderInstall } from '../../manifests/render.ts';
import { hasFeature } from './kubernetes-version.ts';

/** What a user of this Kubernetes gives to `headstart manifests --node-isolation`. */
const nodeIsolation: NodeIsolation =
  hasFeature('ValidatingAdmissionPolicy') && hasFeature('nodeOfToken') ? 'policy' : 'webhook';

/** The objects that shippedYaml() holds. */
export function shippedManifests(): readonly Manifest[] {
  return installManifests({ nodeIsolation });
}

/** manifests/install.yaml; for an older Kubernetes what docs/reference/kubernetes-versions.md tells to install in its place. */
export function shippedYaml(): Promise<string> {
  if (nodeIsolation === 'webhook') return Promise.resolve(renderInstall({ nodeIsolation }));
  return readFile(join(import.meta.dirname, '..', '..', 'manifests', 'install.yaml'), 'utf8');
}
