import assert from 'node:assert/strict';
import fc from 'fast-check';
import { GROUP } from '../../api/names.ts';
import type { Rollout } from '../../api/rollout.ts';
import type { UpdateStrategy, Workload } from '../../api/workload.ts';
import { isLookedAt, WORKLOAD_KINDS, workloadKind } from '../../api/workload-kinds.ts';
import { anyWorkload } from './any-json.ts';

const workload = (updateStrategy?: UpdateStrategy, replicas = 10): Workload => ({
  metadata: { name: 'web' },
  spec: { replicas, ...(updateStrategy === undefined ? {} : { updateStrategy }) },
});

function rolloutOf(kind: string, object: Workload, group: string = GROUP): Rollout {
  const row = workloadKind({ group, kind });
  assert.ok(row);
  return row.rolloutOf(object);
}

describe('WORKLOAD_KINDS', () => {
  it('has a row for each kind of OpenKruise and, by opt-in, of apps/v1', () => {
    const rows = WORKLOAD_KINDS.map(
      ({ resource, versions, optIn, hashLabel }) =>
        `${resource.plural}.${resource.group}/${versions[0]}${optIn ? ' by opt-in' : ''}: ${hashLabel}`,
    );
    assert.deepEqual(rows, [
      'clonesets.apps.kruise.io/v1beta1: controller-revision-hash',
      'statefulsets.apps.kruise.io/v1beta1: controller-revision-hash',
      'daemonsets.apps.kruise.io/v1beta1: controller-revision-hash',
      'deployments.apps/v1 by opt-in: pod-template-hash',
      'statefulsets.apps/v1 by opt-in: controller-revision-hash',
      'daemonsets.apps/v1 by opt-in: controller-revision-hash',
    ]);
    assert.equal(workloadKind({ group: 'batch', kind: 'Job' }), undefined);
  });

  it('puts both kinds of DaemonSet under the gate of DaemonSets', () => {
    for (const { kind, gate } of WORKLOAD_KINDS) {
      assert.equal(gate === 'PreDownloadImageForDaemonSetUpdate', kind === 'DaemonSet');
    }
  });

  it('looks at objects of apps/v1 only when they say always, and at all others', () => {
    for (const [annotation, looked] of [
      [undefined, false],
      ['auto', false],
      ['never', false],
      ['always', true],
    ] as const) {
      const annotations = annotation && { annotations: { 'headstart/predownload': annotation } };
      const object = { metadata: { name: 'web', ...annotations }, spec: {} };
      for (const kind of WORKLOAD_KINDS) {
        assert.equal(isLookedAt(kind, object), looked || !kind.optIn, `${kind.kind} ${annotation}`);
      }
    }
  });
});

describe('rollout of a CloneSet', () => {
  const common = {
    replicas: 10,
    partition: 2,
    maxUnavailable: 3,
    keepsNodes: false,
    onDelete: false,
  };
  const numbers = { partition: 2, maxUnavailable: 3 };

  for (const [name, strategy, expected] of [
    [
      'v1alpha1 with everything beside the type',
      { type: 'InPlaceIfPossible', ...numbers, paused: true },
      { ...common, podUpdatePolicy: 'InPlaceIfPossible', paused: true },
    ],
    [
      'v1beta1 with everything below rollingUpdate',
      { type: 'RollingUpdate', rollingUpdate: { podUpdatePolicy: 'InPlaceOnly', ...numbers } },
      { ...common, podUpdatePolicy: 'InPlaceOnly', paused: false },
    ],
    [
      'v1beta1 without a type',
      { rollingUpdate: { podUpdatePolicy: 'InPlaceIfPossible', ...numbers } },
      { ...common, podUpdatePolicy: 'InPlaceIfPossible', paused: false },
    ],
    [
      'v1alpha1 ReCreate',
      { type: 'ReCreate', ...numbers },
      { ...common, podUpdatePolicy: 'ReCreate', paused: false },
    ],
    [
      'OnDelete',
      { type: 'OnDelete' },
      {
        replicas: 10,
        partition: 0,
        maxUnavailable: 2,
        keepsNodes: false,
        onDelete: true,
        podUpdatePolicy: 'ReCreate',
        paused: false,
      },
    ],
  ] as const) {
    it(`reads ${name}`, () => {
      assert.deepEqual(rolloutOf('CloneSet', workload(strategy)), expected);
    });
  }

  it('is recreate, 20 % at a time, when nothing is said', () => {
    assert.deepEqual(rolloutOf('CloneSet', workload(undefined, 10)), {
      replicas: 10,
      partition: 0,
      maxUnavailable: 2,
      podUpdatePolicy: 'ReCreate',
      keepsNodes: false,
      onDelete: false,
      paused: false,
    });
  });

  it('has one replica when nothing is said', () => {
    assert.equal(rolloutOf('CloneSet', { metadata: { name: 'a' }, spec: {} }).replicas, 1);
  });

  for (const [partition, replicas, kept] of [
    ['20%', 8, 2],
    ['50%', 8, 4],
    ['99%', 8, 7],
    ['100%', 8, 8],
    ['99%', 1, 1],
    ['3', 8, 3],
    [20, 8, 8],
    [-1, 8, 0],
    ['abc', 8, 0],
  ] as const) {
    it(`keeps ${kept} of ${replicas} old pods at partition ${partition} (rounded up, never all below 100 %)`, () => {
      const { partition: found } = rolloutOf('CloneSet', workload({ partition }, replicas));
      assert.equal(found, kept);
    });
  }

  for (const [maxUnavailable, replicas, pods] of [
    ['20%', 8, 1],
    ['20%', 4, 0],
    ['100%', 8, 8],
    [3, 8, 3],
    [-1, 8, 0],
  ] as const) {
    it(`takes ${pods} of ${replicas} pods down at maxUnavailable ${maxUnavailable} (rounded down)`, () => {
      const rolling = { rollingUpdate: { maxUnavailable } };
      assert.equal(rolloutOf('CloneSet', workload(rolling, replicas)).maxUnavailable, pods);
    });
  }

  it('hands on the settings of in-place updates from either place', () => {
    const inPlaceUpdateStrategy = { gracePeriodSeconds: 5 };
    for (const strategy of [
      { inPlaceUpdateStrategy },
      { rollingUpdate: { inPlaceUpdateStrategy } },
    ]) {
      const { inPlaceSettings } = rolloutOf('CloneSet', workload(strategy));
      assert.deepEqual(inPlaceSettings, inPlaceUpdateStrategy);
    }
  });
});

describe('rollout of an Advanced StatefulSet', () => {
  it('reads podUpdatePolicy, the partition as a number and maxUnavailable rounded down', () => {
    const rollingUpdate = {
      podUpdatePolicy: 'InPlaceIfPossible',
      partition: 3,
      maxUnavailable: '25%',
      paused: true,
    };
    assert.deepEqual(rolloutOf('StatefulSet', workload({ type: 'RollingUpdate', rollingUpdate })), {
      replicas: 10,
      partition: 3,
      maxUnavailable: 2,
      podUpdatePolicy: 'InPlaceIfPossible',
      keepsNodes: false,
      onDelete: false,
      paused: true,
    });
  });

  it('is recreate, one at a time, when nothing is said', () => {
    const rollout = rolloutOf('StatefulSet', workload());
    assert.deepEqual([rollout.podUpdatePolicy, rollout.maxUnavailable], ['ReCreate', 1]);
  });

  it('keeps at most all pods old', () => {
    const rolling = { rollingUpdate: { partition: 100 } };
    assert.equal(rolloutOf('StatefulSet', workload(rolling)).partition, 10);
  });
});

describe('rollout of a DaemonSet', () => {
  const daemonSet = (updateStrategy?: UpdateStrategy, desiredNumberScheduled = 10): Workload => ({
    ...workload(updateStrategy),
    status: { desiredNumberScheduled },
  });

  it('counts the nodes that should have a pod, whose pods come back to them', () => {
    assert.deepEqual(rolloutOf('DaemonSet', daemonSet()), {
      replicas: 10,
      partition: 0,
      maxUnavailable: 1,
      podUpdatePolicy: 'ReCreate',
      keepsNodes: true,
      onDelete: false,
      paused: false,
    });
    assert.equal(
      rolloutOf('DaemonSet', workload()).replicas,
      0,
      'before its controller has looked',
    );
  });

  it('reads the in-place type, the partition rounded down and maxUnavailable rounded up', () => {
    const rollingUpdate = {
      rollingUpdateType: 'InPlaceIfPossible',
      partition: '25%',
      maxUnavailable: '25%',
      paused: true,
    };
    const { podUpdatePolicy, partition, maxUnavailable, paused } = rolloutOf(
      'DaemonSet',
      daemonSet({ type: 'RollingUpdate', rollingUpdate }),
    );
    assert.deepEqual(
      [podUpdatePolicy, partition, maxUnavailable, paused],
      ['InPlaceIfPossible', 2, 3, true],
    );
  });

  it('takes nodes that get a second pod first for nodes that are updated at once', () => {
    const rollingUpdate = { maxUnavailable: 0, maxSurge: '50%' };
    assert.equal(rolloutOf('DaemonSet', daemonSet({ rollingUpdate }), 'apps').maxUnavailable, 5);
  });

  it('reads OnDelete, which has no settings (W4)', () => {
    const { onDelete, maxUnavailable } = rolloutOf('DaemonSet', daemonSet({ type: 'OnDelete' }));
    assert.deepEqual([onDelete, maxUnavailable], [true, 1]);
  });
});

describe('rollout of a Deployment', () => {
  const deployment = (strategy?: UpdateStrategy, paused?: boolean): Workload => ({
    metadata: { name: 'web' },
    spec: {
      replicas: 10,
      ...(strategy === undefined ? {} : { strategy }),
      ...(paused === undefined ? {} : { paused }),
    },
  });
  const recreate = { replicas: 10, partition: 0, podUpdatePolicy: 'ReCreate', onDelete: false };

  for (const [name, object, maxUnavailable, paused] of [
    ['25 %, rounded down, when nothing is said', deployment(), 2, false],
    ['maxUnavailable', deployment({ rollingUpdate: { maxUnavailable: 3 } }), 3, false],
    ['all pods with Recreate', deployment({ type: 'Recreate' }), 10, false],
    ['that it is paused', deployment(undefined, true), 2, true],
  ] as const) {
    it(`reads ${name}`, () => {
      assert.deepEqual(rolloutOf('Deployment', object, 'apps'), {
        ...recreate,
        keepsNodes: false,
        maxUnavailable,
        paused,
      });
    });
  }
});

describe('rolloutOf', () => {
  it('makes whole, sane numbers of any workload a client may send', () => {
    fc.assert(
      fc.property(anyWorkload, object => {
        for (const row of WORKLOAD_KINDS) {
          const { replicas, partition, maxUnavailable } = row.rolloutOf(object as Workload);
          assert.ok(partition >= 0 && partition <= replicas && maxUnavailable >= 0);
        }
      }),
    );
  });
});
