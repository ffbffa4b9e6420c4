import assert from 'node:assert/strict';
import { admissionWorld, create } from './admission-world.ts';
import { call } from './call.ts';
import { configuration, patching } from './hook-server.ts';
import { WIDGETS, widget } from './objects.ts';

const setLabel = (key: string, value: string): object =>
  patching({ op: 'add', path: '/metadata/labels', value: { [key]: value } });

describe('the embedded API server', () => {
  it('asks about equivalent versions in the one that the rules name', async () => {
    const path = WIDGETS.replace('/v1/', '/v1alpha1/');
    const body = { ...widget('w'), apiVersion: 'example.com/v1alpha1' };
    for (const [matchPolicy, asked] of [
      ['Equivalent', ['v1']],
      ['Exact', []],
    ] as const) {
      await using w = await admissionWorld({ '/m': () => setLabel('seen', '1') }, hooks => [
        configuration(hooks, 'Mutating', '/m', { matchPolicy }),
      ]);
      const { json } = await call(w.server, `POST ${path}`, { body });
      assert.equal(json['apiVersion'], 'example.com/v1alpha1');
      const versions = w.hooks.asked.map(
        ({ request }) => (request['kind'] as { version: string }).version,
      );
      assert.deepEqual(versions, asked);
      const requested = w.hooks.asked.map(
        ({ request }) => (request['requestKind'] as { version: string }).version,
      );
      assert.deepEqual(
        requested,
        asked.map(() => 'v1alpha1'),
      );
    }
  });

  const rule = (changes: object): object => ({
    rules: [
      { apiGroups: ['*'], apiVersions: ['*'], resources: ['*'], operations: ['*'], ...changes },
    ],
  });
  const label = { matchLabels: { l: 'x' } };
  const matches: readonly (readonly [string, object, boolean])[] = [
    ['any group, version and resource', rule({}), true],
    ['another group', rule({ apiGroups: ['apps'] }), false],
    ['another version', rule({ apiVersions: ['v9'] }), false],
    ['another resource', rule({ resources: ['gadgets'] }), false],
    ['another operation', rule({ operations: ['UPDATE', 'DELETE'] }), false],
    ['its operation', rule({ operations: ['CREATE'] }), true],
    ['a subresource', rule({ resources: ['widgets/status', '*/scale'] }), false],
    ['everything with its subresources', rule({ resources: ['*/*'] }), true],
    ['namespaced resources', rule({ scope: 'Namespaced' }), true],
    ['cluster resources', rule({ scope: 'Cluster' }), false],
    ['labels that it has', { objectSelector: { matchLabels: { own: 'yes' } } }, true],
    ['labels that it has not', { objectSelector: label }, false],
    [
      'labels that its namespace has',
      { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'default' } } },
      true,
    ],
    ['labels that its namespace has not', { namespaceSelector: label }, false],
    [
      'conditions in CEL, which it takes for true',
      { matchConditions: [{ name: 'never', expression: 'false' }] },
      true,
    ],
  ];
  for (const [name, changes, isAsked] of matches) {
    it(`${isAsked ? 'asks' : 'does not ask'} a webhook that wants ${name}`, async () => {
      await using w = await admissionWorld({ '/v': () => ({}) }, hooks => [
        configuration(hooks, 'Validating', '/v', changes),
      ]);
      await create(w.server, widget('w', { size: 1 }, { labels: { own: 'yes' } }));
      assert.equal(w.hooks.asked.length, isAsked ? 1 : 0);
    });
  }

  it('asks nobody about webhook configurations', async () => {
    await using w = await admissionWorld({ '/v': () => ({ allowed: false }) }, hooks => [
      configuration(hooks, 'Validating', '/v', rule({})),
    ]);
    const path =
      '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/validating-v';
    assert.equal((await call(w.server, `DELETE ${path}`)).status, 200);
    assert.equal((await create(w.server)).status, 201);
  });
});
