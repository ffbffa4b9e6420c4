import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Pod } from '../../../api/core.ts';
import type { RollingUpdate, Workload } from '../../../api/workload.ts';
import { inUpdateOrder } from '../../../controllers/image-pull-job/pod-order.ts';

interface PodFields {
  readonly labels?: Record<string, string>;
  readonly phase?: 'Pending' | 'Running' | 'Unknown';
  readonly ready?: boolean;
  readonly since?: string;
  readonly created?: string;
}

const EARLY = '2026-01-01T00:00:00Z';
const LATE = '2026-01-02T00:00:00Z';

function pod(name: string, fields: PodFields = {}): Pod {
  const { labels = {}, phase = 'Running', ready = true, since = EARLY, created = EARLY } = fields;
  const condition = { status: ready ? 'True' : 'False', lastTransitionTime: since } as const;
  return {
    metadata: { name, labels, creationTimestamp: created },
    status: { phase, conditions: [{ type: 'Ready', ...condition }] },
  };
}

const workload = (rollingUpdate: RollingUpdate): Workload => ({
  metadata: { name: 'web' },
  spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate } },
});

const names = (pods: readonly Pod[]): string[] => pods.map(({ metadata }) => metadata.name);

const labelled = (count: number, key: string, of: (index: number) => string | undefined): Pod[] =>
  Array.from({ length: count }, (_, index) => {
    const value = of(index);
    return pod(`p${index}`, { labels: value === undefined ? {} : { [key]: value } });
  });

describe('inUpdateOrder', () => {
  it('starts with the pods that serve least: pending, not ready, lately ready, young', () => {
    const pods = [
      pod('old'),
      pod('young', { created: LATE }),
      pod('lately', { since: LATE }),
      pod('unready', { ready: false }),
      pod('unknown', { phase: 'Unknown' }),
      pod('pending', { phase: 'Pending', ready: false }),
    ];
    for (const kind of ['CloneSet', 'DaemonSet', 'Deployment', undefined]) {
      const order = names(inUpdateOrder(pods, { kind }));
      assert.deepEqual(order, ['pending', 'unknown', 'unready', 'lately', 'young', 'old']);
    }
  });

  it('goes down the ordinals of a StatefulSet, whatever the health', () => {
    const pods = ['web-2', 'web-10', 'web-0'].map(name => pod(name, { ready: name === 'web-10' }));
    const order = names(inUpdateOrder(pods, { kind: 'StatefulSet' }));
    assert.deepEqual(order, ['web-10', 'web-2', 'web-0']);
  });

  const weightPriority = [
    { weight: 50, matchSelector: { matchLabels: { tier: 'canary' } } },
    { weight: 30, matchSelector: { matchLabels: { zone: 'a' } } },
    { weight: 30, matchSelector: { matchLabels: { disk: 'ssd' } } },
  ];

  it('puts the larger sum of weights first', () => {
    const pods = [
      pod('none'),
      pod('zone', { labels: { zone: 'a' } }),
      pod('canary', { labels: { tier: 'canary' } }),
      pod('both', { labels: { zone: 'a', disk: 'ssd' } }),
    ];
    const priorityStrategy = { weightPriority };
    const order = inUpdateOrder(pods, {
      kind: 'CloneSet',
      workload: workload({ priorityStrategy }),
    });
    assert.deepEqual(names(order), ['both', 'canary', 'zone', 'none']);
  });

  it('puts pods without the ordered keys first, then the larger number at the end of the first key', () => {
    const pods = [
      pod('second', { labels: { late: 'x-9' } }),
      pod('one', { labels: { early: 'x-1' } }),
      pod('ten', { labels: { early: 'x-10' } }),
      pod('none'),
    ];
    const orderPriority = [{ orderedKey: 'early' }, { orderedKey: 'late' }];
    const priorityStrategy = { orderPriority };
    const order = inUpdateOrder(pods, {
      kind: 'CloneSet',
      workload: workload({ priorityStrategy }),
    });
    assert.deepEqual(names(order), ['none', 'ten', 'one', 'second']);
  });

  it('reads the strategies of v1alpha1 beside the type', () => {
    const beside = {
      metadata: { name: 'web' },
      spec: { updateStrategy: { type: 'InPlaceIfPossible', priorityStrategy: { weightPriority } } },
    };
    const pods = [pod('a'), pod('b', { labels: { zone: 'a' } })];
    const order = inUpdateOrder(pods, { kind: 'CloneSet', workload: beside });
    assert.deepEqual(names(order), ['b', 'a']);
  });

  it('puts the priorities of an unordered Advanced StatefulSet above its ordinals', () => {
    const pods = [pod('web-0', { labels: { zone: 'a' } }), pod('web-1'), pod('web-2')];
    const unorderedUpdate = { priorityStrategy: { weightPriority } };
    const order = inUpdateOrder(pods, {
      kind: 'StatefulSet',
      workload: workload({ unorderedUpdate }),
    });
    assert.deepEqual(names(order), ['web-0', 'web-2', 'web-1']);
  });

  it('spreads 3 of 10 pods to the first, sixth and tenth place', () => {
    const pods = labelled(10, 'foo', index => (index < 3 ? 'bar' : undefined));
    const scatterStrategy = [{ key: 'foo', value: 'bar' }];
    const order = inUpdateOrder(pods, {
      kind: 'CloneSet',
      workload: workload({ scatterStrategy }),
    });
    const places = names(order).flatMap((name, place) => (/p[0-2]$/.test(name) ? place + 1 : []));
    assert.deepEqual(places, [1, 6, 10]);
  });

  it('puts a pod whose update has begun first', () => {
    const labels = { 'lifecycle.apps.kruise.io/state': 'PreparingUpdate' };
    const pods = [pod('unready', { ready: false }), pod('begun', { labels })];
    assert.deepEqual(names(inUpdateOrder(pods, { kind: 'CloneSet' })), ['begun', 'unready']);
  });

  it('loses no pod and adds none, whatever is scattered', () => {
    const value = fc.constantFrom('a', 'b', undefined);
    const term = fc.record({ key: fc.constantFrom('x', 'y'), value: fc.constantFrom('a', 'b') });
    fc.assert(
      fc.property(fc.array(value), fc.array(term, { maxLength: 4 }), (values, scatterStrategy) => {
        const pods = labelled(values.length, 'x', index => values[index]);
        const order = inUpdateOrder(pods, {
          kind: 'CloneSet',
          workload: workload({ scatterStrategy }),
        });
        assert.deepEqual(names(order).toSorted(), names(pods).toSorted());
      }),
    );
  });
});
