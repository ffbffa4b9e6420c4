import assert from 'node:assert/strict';
import { DAEMON_SECRETS_NAMESPACE, SYSTEM_NAMESPACE } from '../../api/names.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { nodeIsolationPolicy } from '../../manifests/node-isolation.ts';
import type { PolicyRule } from '../../manifests/rbac.ts';
import { installManifests } from '../../manifests/render.ts';

const installed = installManifests({});
const roles = installed.filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole');
const rulesOf = (role: Manifest): readonly PolicyRule[] => role['rules'] as readonly PolicyRule[];
const subjectsOf = (
  binding: Manifest | undefined,
): readonly { readonly name: string; readonly namespace: string }[] =>
  (binding?.['subjects'] ?? []) as readonly { readonly name: string; readonly namespace: string }[];
const place = ({ metadata }: Manifest): string => metadata.namespace ?? '';

/** Every right on `resource`, as `verb` in the cluster or `verb@namespace`. */
function verbsOn(account: string, resource: string): readonly string[] {
  const bindings = installed.filter(each => subjectsOf(each).some(({ name }) => name === account));
  const granted = roles.filter(role =>
    bindings.some(
      binding => binding.metadata.name === role.metadata.name && place(binding) === place(role),
    ),
  );
  return granted
    .flatMap(role =>
      rulesOf(role)
        .filter(({ resources }) => resources.includes(resource))
        .flatMap(({ verbs, resourceNames }) =>
          verbs.map(verb =>
            [verb, place(role) && `@${place(role)}`, resourceNames && `:${resourceNames.join()}`]
              .filter(Boolean)
              .join(''),
          ),
        ),
    )
    .toSorted();
}

describe('RBAC', () => {
  it('has no wildcard', () => {
    for (const rule of roles.flatMap(rulesOf)) {
      const words = [...rule.apiGroups, ...rule.resources, ...rule.verbs];
      assert.ok(!words.includes('*'), JSON.stringify(rule));
    }
  });

  it('never lets anyone list or watch secrets', () => {
    const rules = roles.flatMap(rulesOf).filter(({ resources }) => resources.includes('secrets'));
    const verbs = new Set(rules.flatMap(rule => rule.verbs));
    assert.deepEqual([...verbs].toSorted(), ['create', 'delete', 'get', 'patch']);
  });

  it('lets nobody impersonate, escalate, bind or run commands in pods', () => {
    for (const { verbs, resources } of roles.flatMap(rulesOf)) {
      assert.ok(!verbs.some(verb => ['impersonate', 'escalate', 'bind'].includes(verb)));
      assert.ok(!resources.some(resource => /^(pods|nodes|serviceaccounts)\//.test(resource)));
    }
  });

  it('says of each role why it is needed', () => {
    for (const { metadata } of roles) {
      assert.match(metadata.annotations?.['kubernetes.io/description'] ?? '', /\.$/);
    }
  });

  it('binds each role to one ServiceAccount that exists', () => {
    const accounts = installed.filter(({ kind }) => kind === 'ServiceAccount');
    for (const role of roles) {
      const bindings = installed.filter(
        ({ kind, metadata }) =>
          kind === `${role.kind}Binding` &&
          metadata.name === role.metadata.name &&
          metadata.namespace === role.metadata.namespace,
      );
      assert.equal(bindings.length, 1);
      const [subject, ...others] = subjectsOf(bindings[0]);
      assert.deepEqual(others, []);
      assert.ok(
        accounts.some(
          ({ metadata }) =>
            metadata.name === subject?.name && metadata.namespace === subject.namespace,
        ),
      );
    }
  });

  const rights: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'headstart-manager',
      'secrets',
      [
        'get',
        `create@${SYSTEM_NAMESPACE}`,
        ...['get', 'patch'].map(verb => `${verb}@${SYSTEM_NAMESPACE}:headstart-webhook-certs`),
        ...['get', 'create', 'patch', 'delete'].map(verb => `${verb}@${DAEMON_SECRETS_NAMESPACE}`),
      ],
    ],
    ['headstart-manager', 'nodeimages/status', []],
    [
      'headstart-manager',
      'configmaps',
      ['get', 'list', 'watch'].map(verb => `${verb}@${SYSTEM_NAMESPACE}:headstart-registry-budget`),
    ],
    ['headstart-manager', 'clonesets', ['get', 'list', 'watch']],
    ['headstart-manager', 'clonesets/finalizers', ['update']],
    ['headstart-manager', 'pods', ['get', 'list', 'watch']],
    ['headstart-daemon', 'secrets', [`get@${DAEMON_SECRETS_NAMESPACE}`]],
    ['headstart-daemon', 'nodeimages', ['get', 'list', 'watch']],
    ['headstart-daemon', 'nodeimages/status', ['patch']],
    ['headstart-daemon', 'events', ['create', 'patch']],
    ['headstart-daemon', 'pods', []],
  ];
  for (const [account, resource, verbs] of rights) {
    it(`lets ${account} ${verbs.length === 0 ? 'do nothing' : verbs.join(', ')} on ${resource}`, () => {
      assert.deepEqual(verbsOn(account, resource), verbs.toSorted());
    });
  }

  it('binds, with a policy that denies, a daemon to the NodeImage of its node', () => {
    const [policy, binding] = nodeIsolationPolicy();
    assert.ok(policy !== undefined && binding !== undefined);
    const { failurePolicy, matchConditions } = policy['spec'] as {
      failurePolicy: string;
      matchConditions: readonly { expression: string }[];
    };
    assert.equal(failurePolicy, 'Fail');
    assert.match(
      matchConditions[0]?.expression ?? '',
      /'system:serviceaccount:headstart-daemon:headstart-daemon'$/,
    );
    assert.deepEqual(binding['spec'], {
      policyName: policy.metadata.name,
      validationActions: ['Deny'],
    });
  });
});
