import assert from 'node:assert/strict';
import type { KubeObject } from '../../api/meta.ts';
import { recordPullEvents } from '../../daemon/pull-events.ts';
import type { FinalOutcome } from '../../daemon/pull-task.ts';
import { planPulls } from '../../daemon/wanted-pulls.ts';
import type { EventOptions } from '../../kube/event-recorder.ts';
import { nodeImage, tagSpec } from './node-images.ts';

describe('recordPullEvents', () => {
  const owner = {
    apiVersion: 'apps.kruise.io/v1beta1',
    kind: 'ImagePullJob',
    namespace: 'ns',
    name: 'job',
    uid: 'job-uid',
  };
  const node = nodeImage({
    nginx: [tagSpec('1', { ownerReferences: [owner, { kind: 'Nameless' }] })],
  });

  const eventsOf = (outcome: FinalOutcome, elapsedMs = 12_345) => {
    const events: { about: KubeObject; options: EventOptions }[] = [];
    const recorder = {
      event: (about: KubeObject, options: EventOptions) => void events.push({ about, options }),
      flush: async () => {},
    };
    for (const pull of planPulls(node, new Map()).start) {
      recordPullEvents(recorder, node, { pull, outcome, elapsedMs });
    }
    return events;
  };

  it('tells the NodeImage of a pull', () => {
    assert.deepEqual(eventsOf({ kind: 'pulled', imageID: 'id' }), [
      {
        about: node,
        options: {
          type: 'Normal',
          reason: 'PullImageSucceed',
          message: 'Image nginx:1, elapsedTime 12.345s',
        },
      },
    ]);
  });

  it('tells nobody of a pull that was over within 3 s: its status does', () => {
    assert.deepEqual(eventsOf({ kind: 'pulled', imageID: 'id' }, 3_000), []);
  });

  it('tells nobody of an image that was there', () => {
    assert.deepEqual(eventsOf({ kind: 'present', imageID: 'id' }), []);
  });

  it('tells the jobs and the NodeImage of a failure', () => {
    const events = eventsOf({ kind: 'failed', reason: 'NotFound', message: 'nginx:1: not found' });
    const options = {
      type: 'Warning',
      reason: 'PullImageFailed',
      message: 'Image nginx:1 nginx:1: not found',
    };
    const { apiVersion, kind, namespace, name, uid } = owner;
    assert.deepEqual(events, [
      { about: { apiVersion, kind, metadata: { namespace, name, uid } }, options },
      { about: node, options },
    ]);
  });
});
