import { DAEMON_NAMESPACE, DAEMON_SECRETS_NAMESPACE, SYSTEM_NAMESPACE } from '../api/names.ts';
import { LABELS, type Manifest } from './manifest.ts';

/**
 * The namespaces with their pod security levels. The daemon mounts a folder of its node, which only `privileged` admits, so it lives
 * apart from the manager; no pod belongs into the namespace of mirrored secrets.
 */
export function namespaces(): readonly Manifest[] {
  return [
    namespace(SYSTEM_NAMESPACE, 'restricted'),
    namespace(DAEMON_NAMESPACE, 'privileged'),
    namespace(DAEMON_SECRETS_NAMESPACE, 'restricted'),
  ];
}

function namespace(name: string, podSecurity: 'restricted' | 'privileged'): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: { ...LABELS, 'pod-security.kubernetes.io/enforce': podSecurity },
    },
  };
}
