import {
  MUTATING_WEBHOOK_CONFIGURATION,
  NODE_ISOLATION_WEBHOOK_CONFIGURATION,
  SYSTEM_NAMESPACE,
  VALIDATING_WEBHOOK_CONFIGURATION,
  WEBHOOK_SERVICE,
} from '../api/names.ts';
import { NODE_ISOLATION } from '../webhook/node-isolation.ts';
import { ROUTES, type Route, WEBHOOK_POLICY } from '../webhook/routes.ts';
import { componentLabels, type Manifest } from './manifest.ts';
import { WEBHOOK_SERVICE_PORT } from './ports.ts';

/**
 * The two webhook configurations, made from the table of routes. They come without caBundle, so that they fail open until the manager
 * serves and writes it.
 */
export function webhookConfigurations(): readonly Manifest[] {
  return [
    configuration(
      'MutatingWebhookConfiguration',
      MUTATING_WEBHOOK_CONFIGURATION,
      ROUTES.filter(({ type }) => type === 'mutating').map(mutatingWebhook),
    ),
    configuration(
      'ValidatingWebhookConfiguration',
      VALIDATING_WEBHOOK_CONFIGURATION,
      ROUTES.filter(({ type }) => type === 'validating').map(webhook),
    ),
  ];
}

/** For clusters without ValidatingAdmissionPolicy: the daemons wait for the manager, and nobody else does. */
export function nodeIsolationWebhook(): Manifest {
  const { plural } = NODE_ISOLATION.resources;
  const [rule] = rulesOf(NODE_ISOLATION);
  return configuration('ValidatingWebhookConfiguration', NODE_ISOLATION_WEBHOOK_CONFIGURATION, [
    {
      ...webhook(NODE_ISOLATION),
      rules: [{ ...rule, resources: [plural, `${plural}/status`] }],
      failurePolicy: 'Fail',
    },
  ]);
}

function configuration(kind: string, name: string, webhooks: readonly object[]): Manifest {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name, labels: componentLabels('manager') },
    webhooks,
  };
}

function mutatingWebhook(route: Route): object {
  return { ...webhook(route), reinvocationPolicy: WEBHOOK_POLICY.reinvocationPolicy };
}

function webhook(route: Route): object {
  const { failurePolicy, timeoutSeconds, sideEffects, matchPolicy } = WEBHOOK_POLICY;
  return {
    name: route.name,
    clientConfig: {
      service: {
        namespace: SYSTEM_NAMESPACE,
        name: WEBHOOK_SERVICE,
        path: route.path,
        port: WEBHOOK_SERVICE_PORT,
      },
    },
    rules: rulesOf(route),
    failurePolicy,
    timeoutSeconds,
    sideEffects,
    matchPolicy,
    admissionReviewVersions: WEBHOOK_POLICY.admissionReviewVersions,
    matchConditions: route.matchConditions,
    ...exclusion(route.excludedNamespaces),
  };
}

function rulesOf({ resources: { group, versions, plural }, operations }: Route): readonly object[] {
  return [
    { apiGroups: [group], apiVersions: versions, resources: [plural], operations, scope: '*' },
  ];
}

function exclusion(namespaces: readonly string[]): object {
  if (namespaces.length === 0) return {};
  const expression = { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: namespaces };
  return { namespaceSelector: { matchExpressions: [expression] } };
}
