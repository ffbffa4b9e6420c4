import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { UpdateStrategy, Workload, WorkloadStatus } from '../../api/workload.ts';
import { type Rollout, WORKLOAD_KINDS, workloadKind } from '../../api/workload-kinds.ts';
import { anyWorkload } from './any-json.ts';

const workload = (updateStrategy?: UpdateStrategy, replicas = 10): Workload => ({
  metadata: { name: 'web' },
  spec: { replicas, ...(updateStrategy === undefined ? {} : { updateStrategy }) },
});

function rolloutOf(kind: string, object: Workload): Rollout {
  const row = workloadKind(kind);
  assert.ok(row);
  return row.rolloutOf(object);
}

describe('WORKLOAD_KINDS', () => {
  it('has a row for CloneSet and one for the Advanced StatefulSet', () => {
    assert.deepEqual(
      WORKLOAD_KINDS.map(({ kind, resource }) => `${kind} ${resource.plural}.${resource.group}`),
      ['CloneSet clonesets.apps.kruise.io', 'StatefulSet statefulsets.apps.kruise.io'],
    );
    assert.equal(workloadKind('Deployment'), undefined);
  });
});

describe('rollout of a CloneSet', () => {
  const common = { replicas: 10, partition: 2, maxUnavailable: 3, onDelete: false };
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

describe('updateHashesOf', () => {
  const hashesOf = (status: WorkloadStatus, generation = 2): readonly string[] => {
    const row = workloadKind('CloneSet');
    assert.ok(row);
    return row.updateHashesOf({ ...workload(), metadata: { name: 'web', generation }, status });
  };

  it('gives the long and the short form of the update revision', () => {
    assert.deepEqual(hashesOf({ observedGeneration: 2, updateRevision: 'web-7d9f8c' }), [
      'web-7d9f8c',
      '7d9f8c',
    ]);
  });

  it('gives none until the controller of the workload has seen the newest spec', () => {
    assert.deepEqual(hashesOf({ observedGeneration: 1, updateRevision: 'web-7d9f8c' }), []);
    assert.deepEqual(hashesOf({ observedGeneration: 2 }), []);
    assert.deepEqual(hashesOf({}), []);
  });

  it('leaves out a form that is too long for a label', () => {
    const updateRevision = `${'w'.repeat(60)}-7d9f8c`;
    assert.deepEqual(hashesOf({ observedGeneration: 2, updateRevision }), ['7d9f8c']);
  });
});
