import assert from 'node:assert/strict';
import { BUILT_IN_RESOURCES } from '../../../sim/api-server/registry/built-in-resources.ts';
import { byVersionPriority, Registry } from '../../../sim/api-server/registry/registry.ts';

describe('byVersionPriority', () => {
  it('puts stable versions before beta before alpha before anything else, newer ones first', () => {
    const versions = [
      'foo10',
      'v1',
      'v1alpha1',
      'v3beta1',
      'v10',
      'v11beta2',
      'v10beta3',
      'v2',
      'foo1',
      'v12alpha1',
      'v11alpha2',
    ];
    // The example of the Kubernetes documentation on CRD versions.
    assert.deepEqual(versions.toSorted(byVersionPriority), [
      'v10',
      'v2',
      'v1',
      'v11beta2',
      'v10beta3',
      'v3beta1',
      'v12alpha1',
      'v11alpha2',
      'v1alpha1',
      'foo1',
      'foo10',
    ]);
  });
});

describe('Registry', () => {
  const registry = new Registry(BUILT_IN_RESOURCES);

  it('finds a resource by its path and by its kind', () => {
    assert.equal(registry.served('', 'v1', 'pods')?.type.kind, 'Pod');
    assert.equal(registry.ofKind('apps/v1', 'Deployment')?.type.plural, 'deployments');
    assert.equal(registry.served('', 'v2', 'pods'), undefined);
    assert.equal(registry.ofKind('apps/v1', 'Pod'), undefined);
  });

  it('has each kind and each plural of a group once', () => {
    const kinds = BUILT_IN_RESOURCES.map(({ group, kind }) => `${group}/${kind}`);
    const plurals = BUILT_IN_RESOURCES.map(({ group, plural }) => `${group}/${plural}`);
    assert.equal(new Set(kinds).size, kinds.length);
    assert.equal(new Set(plurals).size, plurals.length);
  });
});
