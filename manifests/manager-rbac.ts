import {
  DAEMON_SECRETS_NAMESPACE,
  GROUP,
  LEADER_LEASE,
  MANAGER_DEPLOYMENT,
  MANAGER_SERVICE_ACCOUNT,
  MUTATING_WEBHOOK_CONFIGURATION,
  NODE_ISOLATION_WEBHOOK_CONFIGURATION,
  REGISTRY_BUDGET_CONFIG_MAP,
  SYSTEM_NAMESPACE,
  VALIDATING_WEBHOOK_CONFIGURATION,
  WEBHOOK_CERTIFICATES_SECRET,
  WEBHOOK_SERVICE,
} from '../api/names.ts';
import { OWN_CRDS, WORKLOAD_CRDS } from './crds.ts';
import type { Manifest } from './manifest.ts';
import { type Account, type Grant, grant, type PolicyRule, serviceAccount } from './rbac.ts';

const ACCOUNT: Account = {
  component: 'manager',
  namespace: SYSTEM_NAMESPACE,
  name: MANAGER_SERVICE_ACCOUNT,
};

const READ = ['get', 'list', 'watch'];

/** The kinds that predownloading watches. */
const WORKLOADS = ['clonesets', 'statefulsets', 'daemonsets'];
/** The kinds of Kubernetes that may ask for it. */
const BUILT_IN_WORKLOADS = ['deployments', 'statefulsets', 'daemonsets'];

const CLUSTER_RULES: readonly PolicyRule[] = [
  {
    apiGroups: [GROUP],
    resources: ['imagepulljobs', 'nodeimages'],
    verbs: [...READ, 'create', 'patch', 'delete'],
  },
  { apiGroups: [GROUP], resources: ['imagelistpulljobs'], verbs: [...READ, 'delete'] },
  {
    apiGroups: [GROUP],
    resources: ['imagepulljobs/status', 'imagelistpulljobs/status'],
    verbs: ['patch'],
  },
  { apiGroups: [GROUP], resources: WORKLOADS, verbs: READ },
  { apiGroups: ['apps'], resources: BUILT_IN_WORKLOADS, verbs: READ },
  {
    // Jobs block the deletion of their owner, which OwnerReferencesPermissionEnforcement asks this for.
    apiGroups: [GROUP],
    resources: ['imagelistpulljobs', ...WORKLOADS].map(plural => `${plural}/finalizers`),
    verbs: ['update'],
  },
  {
    apiGroups: ['apps'],
    resources: BUILT_IN_WORKLOADS.map(plural => `${plural}/finalizers`),
    verbs: ['update'],
  },
  {
    apiGroups: ['apps'],
    resources: ['controllerrevisions', 'replicasets'],
    verbs: ['get', 'list'],
  },
  { apiGroups: [''], resources: ['nodes', 'pods'], verbs: READ },
  { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['get'] },
  { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
  {
    apiGroups: ['admissionregistration.k8s.io'],
    resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
    resourceNames: [
      MUTATING_WEBHOOK_CONFIGURATION,
      VALIDATING_WEBHOOK_CONFIGURATION,
      NODE_ISOLATION_WEBHOOK_CONFIGURATION,
    ],
    verbs: [...READ, 'patch'],
  },
  {
    apiGroups: ['apiextensions.k8s.io'],
    resources: ['customresourcedefinitions'],
    resourceNames: [...OWN_CRDS, ...WORKLOAD_CRDS].map(plural => `${plural}.${GROUP}`),
    verbs: ['get'],
  },
];

const GRANTS: readonly Grant[] = [
  {
    name: 'headstart-manager',
    why: 'Turns pull jobs and image changes of workloads into NodeImages, and puts its certificate authority into its webhook configurations.',
    rules: CLUSTER_RULES,
  },
  {
    name: 'headstart-pull-secret-reader',
    why: 'Jobs name pull secrets of their namespace; the manager reads exactly those, one by one, and never lists or watches secrets. To narrow it, delete this binding and bind the role in the namespaces whose jobs use pull secrets.',
    rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }],
  },
  {
    name: 'headstart-manager',
    namespace: SYSTEM_NAMESPACE,
    why: 'Elects a leader, keeps the webhook certificate, arms the webhooks when their Service leads somewhere and disarms them when the Deployment goes. RBAC cannot limit create and list to a name.',
    rules: [
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create'] },
      {
        apiGroups: ['coordination.k8s.io'],
        resources: ['leases'],
        resourceNames: [LEADER_LEASE],
        verbs: ['get', 'patch'],
      },
      { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
      {
        apiGroups: [''],
        resources: ['secrets'],
        resourceNames: [WEBHOOK_CERTIFICATES_SECRET],
        verbs: ['get', 'patch'],
      },
      {
        apiGroups: [''],
        resources: ['services'],
        resourceNames: [WEBHOOK_SERVICE],
        verbs: ['get'],
      },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list'] },
      {
        apiGroups: ['apps'],
        resources: ['deployments'],
        resourceNames: [MANAGER_DEPLOYMENT],
        verbs: ['get'],
      },
    ],
  },
  {
    name: 'headstart-registry-budget-reader',
    namespace: SYSTEM_NAMESPACE,
    why: 'Follows the one ConfigMap that limits pulls by registry; a list or watch has to ask for it by its name.',
    rules: [
      {
        apiGroups: [''],
        resources: ['configmaps'],
        resourceNames: [REGISTRY_BUDGET_CONFIG_MAP],
        verbs: READ,
      },
    ],
  },
  {
    name: 'headstart-pull-secret-mirror',
    namespace: DAEMON_SECRETS_NAMESPACE,
    why: 'Copies the pull secrets of unfinished jobs to where daemons may read them, and deletes the copies.',
    rules: [
      { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'create', 'patch', 'delete'] },
    ],
  },
];

/** The manager's ServiceAccount and what it may do. */
export function managerRbac(): readonly Manifest[] {
  return [serviceAccount(ACCOUNT), ...GRANTS.flatMap(rights => grant(ACCOUNT, rights))];
}
