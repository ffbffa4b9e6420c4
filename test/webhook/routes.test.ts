import assert from 'node:assert/strict';
import { ROUTES } from '../../webhook/routes.ts';

describe('ROUTES', () => {
  it('serves the paths of the peer', () => {
    const kinds = ['imagepulljob', 'imagelistpulljob', 'nodeimage', 'cloneset', 'statefulset'];
    const expected = kinds.flatMap(kind => [
      `/mutate-apps-kruise-io-${kind}`,
      `/validate-apps-kruise-io-${kind}`,
    ]);
    assert.deepEqual(ROUTES.map(({ path }) => path).toSorted(), expected.toSorted());
  });

  it('names each webhook once, by a name of three parts as the API server demands', () => {
    const names = ROUTES.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(name, /^[a-z]+(\.[a-z]+){2,}$/);
  });

  it('judges objects when they are made and changed, never subresources or deletions', () => {
    for (const { operations, resources } of ROUTES) {
      assert.deepEqual(operations, ['CREATE', 'UPDATE']);
      assert.doesNotMatch(resources.plural, /\//);
    }
  });

  it('asks the API server to send few workloads, and none of the system', () => {
    for (const route of ROUTES.filter(({ resources }) => resources.plural.endsWith('sets'))) {
      assert.equal(route.matchConditions.length, 1);
      assert.deepEqual(route.excludedNamespaces, [
        'kube-system',
        'headstart-system',
        'headstart-daemon',
      ]);
    }
  });
});
