import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { KUBERNETES_VERSION } from './kubernetes-version.ts';

/** Where prepare-machine.ts puts the Kubernetes programs: outside the checkout, so that a fresh clone finds them. */
export const BINARIES_FOLDER = join(
  homedir(),
  '.cache',
  'headstart',
  `kubernetes-${KUBERNETES_VERSION}`,
);

/**
 * The path of a program: from $HEADSTART_KUBE_BIN or $KUBEBUILDER_ASSETS (setup-envtest), the cache that
 * prepare-machine.ts fills, or the PATH, in this order.
 */
export function binary(name: string): string {
  const path = findBinary(name);
  if (path === undefined) {
    throw new Error(`${name} is missing: run node --import tsx test/cluster/prepare-machine.ts`);
  }
  return path;
}

/** As binary(), but undefined when the machine has no such program. */
export function findBinary(name: string): string | undefined {
  const folders = [
    process.env['HEADSTART_KUBE_BIN'],
    process.env['KUBEBUILDER_ASSETS'],
    BINARIES_FOLDER,
    ...(process.env['PATH'] ?? '').split(delimiter),
    // Where Debian keeps programs of the administrator, missing from some users' PATH.
    '/usr/sbin',
  ];
  const paths = folders.filter(folder => folder).map(folder => join(folder ?? '', name));
  return paths.find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // the next folder may have it
  }
}
