import assert from 'node:assert/strict';
import {
  hashInStatus,
  isObserved,
  revisionInStatus,
  revisionNameOf,
} from '../../api/update-revision.ts';
import type { Workload, WorkloadStatus } from '../../api/workload.ts';

const workload = (status: WorkloadStatus, generation = 2): Workload => ({
  metadata: { name: 'web', generation },
  spec: {},
  status,
});

describe('revisionInStatus', () => {
  it('gives the long and the short form of the update revision', () => {
    assert.deepEqual(revisionInStatus(workload({ updateRevision: 'web-7d9f8c' })), {
      name: 'web-7d9f8c',
      hashes: ['web-7d9f8c', '7d9f8c'],
    });
  });

  it('gives none when the status names none', () => {
    assert.equal(revisionInStatus(workload({})), undefined);
    assert.equal(revisionInStatus(workload({ updateRevision: '' })), undefined);
  });

  it('leaves out a form that is too long for a label', () => {
    const updateRevision = `${'w'.repeat(60)}-7d9f8c`;
    assert.deepEqual(revisionInStatus(workload({ updateRevision }))?.hashes, ['7d9f8c']);
  });
});

describe('hashInStatus', () => {
  for (const [name, status] of [
    ['daemonSetHash', { daemonSetHash: '7d9f8c' }],
    ['updateRevision', { updateRevision: '7d9f8c' }],
    ['updateRevision as a whole name', { updateRevision: 'web-7d9f8c' }],
  ] as const) {
    it(`reads the bare hash of a DaemonSet from ${name} (W36)`, () => {
      assert.deepEqual(hashInStatus(workload(status)), {
        name: 'web-7d9f8c',
        hashes: ['web-7d9f8c', '7d9f8c'],
      });
    });
  }

  it('gives none when the status tells none', () => {
    assert.equal(hashInStatus(workload({ daemonSetHash: '' })), undefined);
  });
});

describe('isObserved', () => {
  it('waits until the controller of the workload has seen the newest spec', () => {
    assert.equal(isObserved(workload({ observedGeneration: 1 })), false);
    assert.equal(isObserved(workload({})), false);
    assert.equal(isObserved(workload({ observedGeneration: 2 })), true);
  });
});

describe('revisionNameOf', () => {
  it('takes the whole name or its last part', () => {
    assert.equal(revisionNameOf(workload({}), '7d9f8c'), 'web-7d9f8c');
    assert.equal(revisionNameOf(workload({}), 'web-7d9f8c'), 'web-7d9f8c');
  });
});
