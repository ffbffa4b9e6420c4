import { MANAGER_DEPLOYMENT, SYSTEM_NAMESPACE } from '../api/names.ts';
import { LABELS, type Manifest } from './manifest.ts';
import { type Account, grant, serviceAccount } from './rbac.ts';
import { RESTRICTED } from './restricted.ts';

const NAME = 'headstart-retire';
const ACCOUNT: Account = { component: 'manager', namespace: SYSTEM_NAMESPACE, name: NAME };

/**
 * A hook of Helm, for the chart only: before `helm uninstall` deletes the rights of the managers, they disarm their webhooks and let go of
 * unfinished jobs. In install.yaml there is nothing that could run it.
 */
export function retireHook({ image }: { readonly image: string }): readonly Manifest[] {
  const rights = grant(ACCOUNT, {
    name: NAME,
    namespace: SYSTEM_NAMESPACE,
    why: 'Scales the managers to nothing and sees the last one end.',
    rules: [
      {
        apiGroups: ['apps'],
        resources: ['deployments'],
        resourceNames: [MANAGER_DEPLOYMENT],
        verbs: ['get', 'patch'],
      },
      { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
    ],
  });
  return [
    ...[serviceAccount(ACCOUNT), ...rights].map(manifest => beforeDelete(manifest, -1)),
    beforeDelete(job(image), 0),
  ];
}

/** Objects of hooks are no part of a release; Helm deletes them when all have succeeded, or before it makes them again. */
function beforeDelete(manifest: Manifest, weight: number): Manifest {
  const annotations = {
    ...manifest.metadata.annotations,
    'helm.sh/hook': 'pre-delete',
    'helm.sh/hook-delete-policy': 'before-hook-creation,hook-succeeded',
    'helm.sh/hook-weight': String(weight),
  };
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}

function job(image: string): Manifest {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    // Not the labels of a manager's pod: it would wait for itself.
    metadata: { name: NAME, namespace: SYSTEM_NAMESPACE, labels: LABELS },
    spec: {
      backoffLimit: 2,
      activeDeadlineSeconds: 120,
      template: {
        metadata: { labels: LABELS },
        spec: {
          serviceAccountName: NAME,
          restartPolicy: 'Never',
          enableServiceLinks: false,
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          securityContext: RESTRICTED.pod,
          containers: [
            {
              name: 'retire',
              image,
              command: ['headstart'],
              args: ['retire', `--namespace=${SYSTEM_NAMESPACE}`],
              resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '256Mi' } },
              securityContext: RESTRICTED.container,
            },
          ],
        },
      },
    },
  };
}
