import assert from 'node:assert/strict';
import { ROUTES } from '../../webhook/routes.ts';

describe('ROUTES', () => {
  it('serves the paths of the peer, and alike paths for apps/v1', () => {
    const kinds = [
      ...['imagepulljob', 'imagelistpulljob', 'nodeimage'].map(kind => `kruise-io-${kind}`),
      ...['cloneset', 'statefulset', 'daemonset'].map(kind => `kruise-io-${kind}`),
      'deployment',
      'statefulset',
      'daemonset',
    ];
    const expected = kinds.flatMap(kind => [`/mutate-apps-${kind}`, `/validate-apps-${kind}`]);
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
    const workloads = ROUTES.filter(({ resources }) =>
      /(sets|deployments)$/.test(resources.plural),
    );
    assert.equal(workloads.length, 12);
    for (const route of workloads) {
      const names = route.matchConditions.map(({ name }) => name);
      const needed = route.type === 'mutating' ? 'asks-for-predownload' : 'mentions-predownload';
      const asks = names.includes(needed);
      assert.equal(asks, route.resources.group === 'apps', 'apps/v1 is sent only when it asks');
      assert.equal(names.length, asks ? 2 : 1);
      assert.deepEqual(route.excludedNamespaces, [
        'kube-system',
        'headstart-system',
        'headstart-daemon',
      ]);
    }
  });
});
