import { MANAGER_SERVICE_ACCOUNT, SYSTEM_NAMESPACE } from '../../../api/names.ts';
import { metricSum } from './metric-sum.ts';
import type { FaultWorld } from './world.ts';

const NAME = 'headstart-test';
const API_VERSION = 'flowcontrol.apiserver.k8s.io/v1';

/** As few requests at once as kube-apiserver can be told to take from somebody; more are turned away with 429 and Retry-After. */
const PRIORITY_LEVEL = {
  apiVersion: API_VERSION,
  kind: 'PriorityLevelConfiguration',
  metadata: { name: NAME },
  spec: {
    type: 'Limited',
    limited: {
      nominalConcurrencyShares: 1,
      lendablePercent: 0,
      borrowingLimitPercent: 0,
      limitResponse: { type: 'Reject' },
    },
  },
};

const FLOW_SCHEMA = {
  apiVersion: API_VERSION,
  kind: 'FlowSchema',
  metadata: { name: NAME },
  spec: {
    priorityLevelConfiguration: { name: NAME },
    matchingPrecedence: 100,
    rules: [
      {
        subjects: [
          {
            kind: 'ServiceAccount',
            serviceAccount: { namespace: SYSTEM_NAMESPACE, name: MANAGER_SERVICE_ACCOUNT },
          },
        ],
        resourceRules: [
          {
            verbs: ['*'],
            apiGroups: ['*'],
            resources: ['*'],
            namespaces: ['*'],
            clusterScope: true,
          },
        ],
      },
    ],
  },
};

/** What Priority and Fairness made of the manager's requests. */
export interface FlowControl extends AsyncDisposable {
  /** Requests that were turned away so far. */
  rejected(): Promise<number>;
}

/** Puts the manager on a level of its own, the tightest there is, until it is disposed of. */
export async function throttleManager({
  controlPlane,
  apiServerMetrics,
}: FaultWorld): Promise<FlowControl> {
  const objects = { apiVersion: 'v1', kind: 'List', items: [PRIORITY_LEVEL, FLOW_SCHEMA] };
  await controlPlane.apply(objects);
  return {
    async rejected() {
      const name = 'apiserver_flowcontrol_rejected_requests_total';
      return metricSum(await apiServerMetrics(), name, { flow_schema: NAME });
    },
    async [Symbol.asyncDispose]() {
      const names = [`flowschema/${NAME}`, `prioritylevelconfiguration/${NAME}`];
      await controlPlane.mustKubectl(['delete', ...names]);
    },
  };
}
